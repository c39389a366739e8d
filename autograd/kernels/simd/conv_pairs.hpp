// What kernels of three rows add up before and after their products, two rows of a result at a time: see
// row_pairs.hpp. Included only by conv_loops.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/conv_copies.hpp"
#include "autograd/kernels/simd/conv_table.hpp"

namespace xtape::kernels::loops {

template <class Arch, class T, std::size_t size = xsimd::batch<T, Arch>::size>
void split_pairs(const PairSplit<T>& p) {
  using S = Shuffles<Arch, T, size>;
  if constexpr (size * sizeof(T) > 16) {
    if (p.columns < static_cast<std::int64_t>(size)) return split_pairs<Arch, T, size / 2>(p);
  }
  constexpr std::int64_t line = 64 / sizeof(T);  // of the cache
  for (std::int64_t pair = 0; pair < p.pairs; ++pair) {
    const T* d[4];
    for (std::int64_t k = 0; k < 4; ++k) {
      const std::int64_t row = p.first + 2 * pair + k;
      d[k] = 0 <= row && row < p.rows ? p.from + row * p.from_row : p.zeros;
    }
    T* to = p.to + pair * p.to_row;
    const auto split = [&](const auto& d0, const auto& d1, const auto& d2, const auto& d3,
                           const auto& store) {
      store(d0 - d2, 0);
      store(d1 + d2, p.to_plane);
      store(d2 - d1, 2 * p.to_plane);
      store(d1 - d3, 3 * p.to_plane);
    };
    for (std::int64_t i = 0; p.ahead > 0 && i < 2 * p.columns; i += line)
      __builtin_prefetch(p.from + (p.first + 2 * pair) * p.from_row + i + p.ahead);
    if (p.columns < static_cast<std::int64_t>(size)) {
      for (std::int64_t i = 0; i < p.columns; ++i)
        split(d[0][i], d[1][i], d[2][i], d[3][i], [&](T x, std::int64_t plane) { to[plane + i] = x; });
      continue;
    }
    for_each_vector<size>(p.columns, [&](std::int64_t i) {
      split(S::load(d[0] + i), S::load(d[1] + i), S::load(d[2] + i), S::load(d[3] + i),
            [&](const typename S::V& x, std::int64_t plane) { S::store(x, to + plane + i); });
    });
  }
}

template <class Arch, class T, std::size_t size = xsimd::batch<T, Arch>::size>
bool join_pairs(const PairJoin<T>& p) {
  using S = Shuffles<Arch, T, size>;
  if constexpr (size * sizeof(T) > 16) {
    if (p.columns < static_cast<std::int64_t>(size)) return join_pairs<Arch, T, size / 2>(p);
  }
  const auto first = [](const auto& m0, const auto& m1, const auto& m2) { return m0 + (m1 + m2); };
  const auto second = [](const auto& m1, const auto& m2, const auto& m3) { return (m1 - m2) - m3; };
  typename S::V zeros{};  // sums of zeros, unless something is not finite
  T zero = 0;
  for (std::int64_t pair = 0; pair < p.pairs; ++pair) {
    const bool both = pair + 1 < p.pairs || !p.last_is_single;
    const T *m0 = p.from + pair * p.from_row, *m1 = m0 + p.from_plane, *m2 = m1 + p.from_plane,
            *m3 = m2 + p.from_plane;
    T *to = p.to + pair * p.to_row, *below = to + p.columns_of_y;
    if (p.columns < static_cast<std::int64_t>(size)) {
      for (std::int64_t i = 0; i < p.columns; ++i) {
        to[i] = first(m0[i], m1[i], m2[i]);
        zero += to[i] * T(0);
        if (!both) continue;
        below[i] = second(m1[i], m2[i], m3[i]);
        zero += below[i] * T(0);
      }
      continue;
    }
    for_each_vector<size>(p.columns, [&](std::int64_t i) {
      const typename S::V a = S::load(m1 + i), b = S::load(m2 + i), sum = first(S::load(m0 + i), a, b);
      zeros += sum * T(0);
      S::store(sum, to + i);
      if (!both) return;
      const typename S::V difference = second(a, b, S::load(m3 + i));
      zeros += difference * T(0);
      S::store(difference, below + i);
    });
  }
  for (std::size_t i = 0; i < size; ++i) zero += zeros[i];
  return zero == T(0);
}

template <class Arch, class T>
void sum_and_difference(const SumAndDifference<T>& p) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  std::int64_t i = 0;
  for (; i + width <= p.count; i += width) {
    const B a = B::load_unaligned(p.a + i), b = B::load_unaligned(p.b + i);
    (a + b).store_unaligned(p.sum + i);
    (a - b).store_unaligned(p.difference + i);
  }
  for (; i < p.count; ++i) {
    const T a = p.a[i], b = p.b[i];
    p.sum[i] = a + b;
    p.difference[i] = a - b;
  }
}

}  // namespace xtape::kernels::loops
