// Callback: a function of a program that a training calls, and that may end it.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

namespace xtape::nn {

/// Any function of a Record. One that gives a bool ends the training with false; one that gives nothing never
/// does, and nor does an empty function.
template <class Record>
class Callback {
 public:
  Callback() = default;
  template <class F>
  requires std::is_void_v<std::invoke_result_t<F&, const Record&>> Callback(F f) {  // NOLINT: implicit
    std::function<void(const Record&)> call = std::move(f);
    if (!call) return;
    f_ = [call = std::move(call)](const Record& record) {
      call(record);
      return true;
    };
  }
  template <class F>
  requires std::same_as < std::invoke_result_t<F&, const Record&>,
  bool > Callback(F f)  // NOLINT: implicit
      : f_(std::move(f)) {}

  /// Whether to go on.
  bool operator()(const Record& record) const { return !f_ || f_(record); }

 private:
  std::function<bool(const Record&)> f_;
};

}  // namespace xtape::nn
