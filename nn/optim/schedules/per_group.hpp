// PerGroup: a setting that is one for all parameter groups or one for each.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/error.hpp"
#include "nn/optim/fields.hpp"

namespace xtape::optim {

/// One value for all groups, or a list with one for each: `.max_lr = 0.1` or `.max_lr = {0.1, 0.01}`.
template <class T>
class PerGroup {
 public:
  PerGroup() = default;
  template <class U>
  requires(!std::same_as<std::remove_cvref_t<U>, PerGroup> && std::convertible_to<U, T>) PerGroup(U&& value)
      : values_(1, static_cast<T>(std::forward<U>(value))) {}      // NOLINT: implicit, as in PyTorch
  PerGroup(std::initializer_list<T> values) : values_(values) {}   // NOLINT
  PerGroup(std::vector<T> values) : values_(std::move(values)) {}  // NOLINT

  /// Makes it one value per group. Throws unless there was one, or as many as groups.
  void expand(std::size_t groups, std::string_view scheduler, std::string_view option) {
    check(!values_.empty(), "{}: {} is not set", scheduler, option);
    check(values_.size() == 1 || values_.size() == groups, "{}: {} has {} values; the optimiser has {} {}",
          scheduler, option, values_.size(), groups, groups == 1 ? "group" : "groups");
    if (values_.size() == 1) values_ = std::vector<T>(groups, values_[0]);
  }
  const std::vector<T>& values() const { return values_; }
  std::vector<T>& values() { return values_; }

 private:
  std::vector<T> values_;
};

}  // namespace xtape::optim

template <class T>
inline constexpr bool xtape::detail::takes_anything<xtape::optim::PerGroup<T>> = true;
