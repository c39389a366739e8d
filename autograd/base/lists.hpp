// The types of parameters and options that take lists, in braces or as a vector: Integers, and OneOrMore<T>.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "autograd/base/members.hpp"
#include "autograd/base/range.hpp"
#include "autograd/base/shape.hpp"

namespace xtape::detail {

/// Integers of any types, and of any number where a Shape is too short: {784, n, 10}, or a vector of them. A
/// single integer needs its braces.
class Integers {
 public:
  Integers() = default;
  template <Integer I>
  Integers(std::initializer_list<I> values) : values_(values.begin(), values.end()) {}  // NOLINT: implicit
  template <Integer... I>
  requires(sizeof...(I) > 1) Integers(I... values)  // of types that differ; NOLINT: implicit
      : values_{static_cast<std::int64_t>(values)...} {}
  template <Range R>
  requires Integer<RangeValue<R>> Integers(const R& values)  // NOLINT: implicit
      : values_(std::begin(values), std::end(values)) {}

  const std::vector<std::int64_t>& values() const { return values_; }
  std::vector<std::int64_t>& values() { return values_; }

 private:
  std::vector<std::int64_t> values_;
};

/// One value, or a list of them: `.max_lr = 0.1` or `.max_lr = {0.1, 0.01}`.
template <class T>
class OneOrMore {
 public:
  OneOrMore() = default;
  template <class... U>
  requires(sizeof...(U) > 0 && (std::convertible_to<U, T> && ...)) OneOrMore(U... values)  // NOLINT: implicit
      : values_{static_cast<T>(std::move(values))...} {}
  template <std::convertible_to<T> U>
  OneOrMore(const std::vector<U>& values) : values_(values.begin(), values.end()) {}  // NOLINT: implicit

  bool empty() const { return values_.empty(); }
  std::size_t size() const { return values_.size(); }
  const T& operator[](std::size_t i) const { return values_[i]; }
  const std::vector<T>& values() const { return values_; }
  std::vector<T>& values() { return values_; }

 private:
  std::vector<T> values_;
};

}  // namespace xtape::detail

template <class T>
inline constexpr bool xtape::detail::takes_anything<xtape::detail::OneOrMore<T>> = true;
