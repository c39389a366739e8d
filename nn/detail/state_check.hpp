// StateCheck: does a state fit what is to load it? The one check of modules, optimisers, schedulers and
// trainings.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "files/state_dict.hpp"

namespace xtape::nn::detail {

/// Looks up the entries of a state and notes all that is wrong with them, for one Error that lists it.
class StateCheck {
 public:
  explicit StateCheck(const StateDict& dict) : dict_(dict) {}

  /// The value of that name, which may be undefined; null where there is none.
  const Tensor* find(std::string_view name);
  /// As above, but it must be there.
  const Tensor* require(std::string_view name);

  // What a value must be; each notes what it is instead, and gives whether it fits. An undefined one never
  // does.
  bool is_defined(std::string_view name, const Tensor& value);
  bool has_shape(std::string_view name, const Tensor& value, const Shape& shape);
  bool has_dtype(std::string_view name, const Tensor& value, DType dtype);
  bool has_count(std::string_view name, const Tensor& value, std::int64_t count);
  bool is_list(std::string_view name, const Tensor& value);
  /// Any other fault.
  template <class... Args>
  void note(fmt::format_string<const Args&...> text, const Args&... args) {
    faults_ += "\n  " + fmt::format(text, args...);
  }

  /// Names that were required and are not there, and those that nobody looked up.
  const std::vector<std::string>& missing() const { return missing_; }
  std::vector<std::string> unexpected() const;
  bool fits() const { return faults().empty(); }
  /// Throws unless the state fits; `name` is of what is to load it. Where it is not strict, names may be
  /// missing and others there.
  void finish(std::string_view name, bool strict = true) const;

 private:
  std::string faults(bool strict = true) const;

  const StateDict& dict_;
  std::set<std::string, std::less<>> known_;
  std::vector<std::string> missing_;
  std::string faults_;
};

}  // namespace xtape::nn::detail
