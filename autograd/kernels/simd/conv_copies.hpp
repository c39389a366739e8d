// How convolutions move numbers to where their loops read them: rows of every second number, the way back,
// and transposes. On vectors of the compiler, whose shuffles are written alike for every architecture.
// Included only by conv_loops.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/conv_table.hpp"

namespace xtape::kernels::loops {

/// Vectors of so many T. `Arch` keeps apart what is compiled for each.
template <class Arch, class T, std::size_t size>
struct Shuffles {
  using V [[gnu::vector_size(size * sizeof(T))]] = T;

  [[gnu::always_inline]] static V load(const T* from) {
    V v;
    std::memcpy(&v, from, sizeof v);
    return v;
  }
  [[gnu::always_inline]] static void store(const V& v, T* to) { std::memcpy(to, &v, sizeof v); }

  /// Every second of the 2 size - 1 numbers from `from` on.
  template <std::size_t... i>
  [[gnu::always_inline]] static V every_second(const T* from, std::index_sequence<i...>) {
    return __builtin_shufflevector(load(from), load(from + size - 1), (2 * i < size ? 2 * i : 2 * i + 1)...);
  }
  /// a[0] b[0] a[1] b[1] ...: the first half of it, or the second.
  template <bool second, std::size_t... i>
  [[gnu::always_inline]] static V pairs(const V& a, const V& b, std::index_sequence<i...>) {
    return __builtin_shufflevector(a, b, (second * size / 2 + i / 2 + i % 2 * size)...);
  }
};

/// f(i) for the first of each `size` of n numbers; the last overlap those before. n is at least size.
template <std::size_t size, class F>
[[gnu::always_inline]] inline void for_each_vector(std::int64_t n, const F& f) {
  constexpr auto width = static_cast<std::int64_t>(size);
  for (std::int64_t i = 0; i + width <= n; i += width) f(i);
  if (n % width != 0) f(n - width);
}

/// By vectors of `size`, or of the longest that the columns fill; one by one where they fill none.
template <class Arch, class T, std::size_t size = xsimd::batch<T, Arch>::size>
void copy_rows(const RowCopies<T>& p) {
  using S = Shuffles<Arch, T, size>;
  constexpr std::int64_t line = 64 / sizeof(T);  // of the cache
  if constexpr (size * sizeof(T) > 16) {
    if (p.columns < static_cast<std::int64_t>(size)) return copy_rows<Arch, T, size / 2>(p);
  }
  for (std::int64_t row = 0; row < p.rows; ++row) {
    const T* from = p.from + row * p.from_row;
    T* to = p.to + row * p.to_row;
    for (std::int64_t i = 0; p.ahead > 0 && i < p.columns * p.step; i += line)
      __builtin_prefetch(from + i + p.ahead);
    if (p.step > 2 || p.columns < static_cast<std::int64_t>(size)) {
      for (std::int64_t i = 0; i < p.columns; ++i) to[i] = from[i * p.step];
    } else if (p.step == 2) {
      for_each_vector<size>(p.columns, [=](std::int64_t i) {
        S::store(S::every_second(from + 2 * i, std::make_index_sequence<size>{}), to + i);
      });
    } else {
      for_each_vector<size>(p.columns, [=](std::int64_t i) { S::store(S::load(from + i), to + i); });
    }
  }
}

template <class Arch, class T, std::size_t size = xsimd::batch<T, Arch>::size>
void interleave(const Interleaving<T>& p) {
  using S = Shuffles<Arch, T, size>;
  if constexpr (size * sizeof(T) > 16) {
    if (p.columns < static_cast<std::int64_t>(size)) return interleave<Arch, T, size / 2>(p);
  }
  for (std::int64_t row = 0; row < p.rows; ++row) {
    const T *even = p.even + row * p.from_row, *odd = p.odd + row * p.from_row;
    T* to = p.to + row * p.to_row;
    if (p.columns < static_cast<std::int64_t>(size)) {
      for (std::int64_t i = 0; i < p.columns; ++i) {
        to[2 * i] = even[i];
        to[2 * i + 1] = odd[i];
      }
      continue;
    }
    for_each_vector<size>(p.columns, [=](std::int64_t i) {
      constexpr auto each = std::make_index_sequence<size>{};
      const auto a = S::load(even + i), b = S::load(odd + i);
      S::store(S::template pairs<false>(a, b, each), to + 2 * i);
      S::store(S::template pairs<true>(a, b, each), to + 2 * i + size);
    });
  }
}

/// A square of vectors of 16 bytes: each round puts row i and the row half a square further in turns.
template <class Arch, class T>
[[gnu::always_inline]] inline void turn_square(const T* from, std::int64_t from_row, T* to,
                                               std::int64_t to_row) {
  constexpr std::size_t size = 16 / sizeof(T);
  constexpr auto each = std::make_index_sequence<size>{};
  using S = Shuffles<Arch, T, size>;
  typename S::V rows[size], turned[size];
  for (std::size_t i = 0; i < size; ++i) rows[i] = S::load(from + static_cast<std::int64_t>(i) * from_row);
  for (std::size_t round = size; round > 1; round /= 2) {
    for (std::size_t i = 0; i < size / 2; ++i) {
      turned[2 * i] = S::template pairs<false>(rows[i], rows[i + size / 2], each);
      turned[2 * i + 1] = S::template pairs<true>(rows[i], rows[i + size / 2], each);
    }
    for (std::size_t i = 0; i < size; ++i) rows[i] = turned[i];
  }
  for (std::size_t i = 0; i < size; ++i) S::store(rows[i], to + static_cast<std::int64_t>(i) * to_row);
}

/// By squares, those of a line of the cache one after the other: rows may be so far apart that few of them
/// stay in the cache together. What is left of rows and columns goes one by one.
template <class Arch, class T>
void turn(const Turn<T>& p) {
  constexpr std::int64_t side = 16 / sizeof(T), line = 64 / sizeof(T);
  const std::int64_t rows = p.rows / side * side, columns = p.columns / side * side;
  for (std::int64_t first = 0; first < columns; first += line) {
    for (std::int64_t i = 0; i < rows; i += side) {
      for (std::int64_t r = 0; r < side; ++r)
        __builtin_prefetch(p.from + (i + r) * p.from_row + first + p.columns);
      for (std::int64_t k = first; k < columns && k < first + line; k += side)
        turn_square<Arch>(p.from + i * p.from_row + k, p.from_row, p.to + k * p.to_row + i, p.to_row);
    }
  }
  for (std::int64_t i = 0; i < p.rows; ++i) {
    for (std::int64_t k = i < rows ? columns : 0; k < p.columns; ++k)
      p.to[k * p.to_row + i] = p.from[i * p.from_row + k];
  }
}

}  // namespace xtape::kernels::loops
