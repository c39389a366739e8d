// Floating-point numbers as their neighbours count them: distances in units in the last place, and the
// numbers of a type in order, so that a sweep can take every so many of them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace bench {

/// What the exact values are computed in: double for float, long double for double.
template <class T>
using Wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;

/// |y - exact| in units in the last place of T at `scale`. Below the smallest normal number the unit is that
/// number's. Infinity counts as the power of two that follows the greatest number. Infinite where NaN stands
/// on one side only.
template <class T>
double ulps(T y, Wide<T> exact, Wide<T> scale) {
  using Limits = std::numeric_limits<T>;
  if (std::isnan(y) || std::isnan(exact)) return std::isnan(y) && std::isnan(exact) ? 0 : HUGE_VAL;
  const Wide<T> beyond = std::ldexp(Wide<T>(1), Limits::max_exponent);
  const auto bounded = [&](Wide<T> x) { return std::clamp(x, -beyond, beyond); };
  const int exponent = scale == 0 ? Limits::min_exponent : std::ilogb(bounded(scale)) + 1;
  const int unit = std::clamp(exponent, Limits::min_exponent, Limits::max_exponent) - Limits::digits;
  return static_cast<double>(std::ldexp(std::abs(bounded(Wide<T>(y)) - bounded(exact)), -unit));
}

template <class T>
using Bits = std::conditional_t<std::is_same_v<T, float>, std::int32_t, std::int64_t>;

/// The place of x among the numbers of T: 0 for 0, neighbours differ by 1.
template <class T>
Bits<T> place(T x) {
  const auto magnitude = std::bit_cast<Bits<T>>(std::abs(x));
  return std::signbit(x) ? -magnitude : magnitude;
}

template <class T>
T at_place(Bits<T> place) {
  const T magnitude = std::bit_cast<T>(place < 0 ? -place : place);
  return place < 0 ? -magnitude : magnitude;
}

}  // namespace bench
