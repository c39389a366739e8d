// The arguments of a sweep: all of a type's numbers at a stride, and close by where functions change their
// ways.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "benchmarks/accuracy/ulp.hpp"

namespace bench {

/// Every `stride`th number of a type, and so many neighbours of each landmark.
struct Density {
  std::int64_t numbers;
  int neighbours;
  int periods;  ///< multiples of pi / 2
};

constexpr Density density(bool quick, bool single) {
  if (quick) return single ? Density{1 << 18, 8, 1000} : Density{1 << 16, 4, 1000};
  return single ? Density{1 << 24, 200, 100000} : Density{1 << 21, 50, 100000};
}

/// Calls f(x) for arguments from low to high, in no order.
template <class T, class F>
void for_each_argument(T low, T high, const Density& density, const F& f) {
  const auto visit = [&](T x) {
    if (x >= low && x <= high) f(x);
  };
  const auto around = [&](T x, int neighbours) {
    for (Bits<T> i = place(x) - neighbours; i <= place(x) + neighbours; ++i) visit(at_place<T>(i));
  };
  // An odd stride, so that all patterns of the last digits occur.
  const Bits<T> first = place(low), last = place(high);
  const auto span = static_cast<double>(last) - static_cast<double>(first);
  const auto stride = static_cast<Bits<T>>(span / static_cast<double>(density.numbers)) | 1;
  for (Bits<T> i = first; i <= last - stride; i += stride) f(at_place<T>(i));
  f(high);
  // Evenly spaced, where exponentials neither vanish nor overflow.
  const T edge = std::is_same_v<T, float> ? T(110) : T(750);
  const auto even = static_cast<T>(density.numbers / 4);
  for (T i = -even; i <= even; ++i) visit(i / even * edge);

  using Limits = std::numeric_limits<T>;
  for (int exponent = Limits::min_exponent - 1; exponent < Limits::max_exponent; ++exponent) {
    for (const T sign : {T(-1), T(1)}) around(std::ldexp(sign, exponent), density.neighbours);
  }
  around(T(0), density.neighbours);
  const Wide<T> half_pi = 2 * std::atan(Wide<T>(1));
  for (int k = 1; k <= density.periods; ++k) {
    for (const int sign : {-1, 1}) around(static_cast<T>(sign * k * half_pi), 2);
  }
}

}  // namespace bench
