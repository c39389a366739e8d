// The loops behind ConvTable, on xsimd batches of one architecture. Included only by conv_baseline.cpp,
// conv_avx2.cpp and conv_avx512.cpp; templates on Arch, as those of loops.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/conv_copies.hpp"
#include "autograd/kernels/simd/conv_pairs.hpp"
#include "autograd/kernels/simd/conv_table.hpp"
#include "autograd/kernels/simd/part.hpp"
#include "autograd/kernels/simd/tile.hpp"

namespace xtape::kernels::loops {

/// `rows` rows of c at `count` batches from `chunk` on, over the terms [top, top + k).
template <class B, std::size_t rows, std::size_t count>
void correlate_tile(const Correlation<typename B::value_type>& p, std::int64_t i, std::int64_t chunk,
                    std::int64_t top, std::int64_t k) {
  using T = typename B::value_type;
  const T* lines[count];
  T* results[count];
  for (std::size_t j = 0; j < count; ++j) {
    lines[j] = p.source + p.positions[chunk + static_cast<std::int64_t>(j)];
    results[j] = p.c + i * p.c_row + p.destinations[chunk + static_cast<std::int64_t>(j)];
  }
  B sums[rows][count];
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < count; ++j) sums[r][j] = B(0);
  }
  const T* a = p.a + i * p.a_row + top;
  const std::int64_t* offsets = p.offsets + top;
  for (std::int64_t l = 0; l < k; ++l) {
    B line[count];
    for (std::size_t j = 0; j < count; ++j) line[j] = B::load_unaligned(lines[j] + offsets[l]);
    for (std::size_t r = 0; r < rows; ++r) {
      const B factor(a[static_cast<std::int64_t>(r) * p.a_row + l]);
      for (std::size_t j = 0; j < count; ++j) sums[r][j] = xsimd::fma(factor, line[j], sums[r][j]);
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    const auto row = static_cast<std::int64_t>(r);
    for (std::size_t j = 0; j < count;
         ++j) {  // the start last: a sum of blocks rounds less than one of terms
      T* result = results[j] + row * p.c_row;
      const B start = top > 0 ? B::load_unaligned(result) : B(p.bias == nullptr ? T(0) : p.bias[i + row]);
      (sums[r][j] + start).store_unaligned(result);
    }
  }
}

/// `rows` rows of all chunks, `most` chunks at a time: so many that about twelve sums wait for each other.
template <class B, std::size_t rows, std::size_t most>
void correlate_rows(const Correlation<typename B::value_type>& p, std::int64_t i, std::int64_t top,
                    std::int64_t k) {
  constexpr auto many = static_cast<std::int64_t>(most);
  std::int64_t chunk = 0;
  for (; chunk + many <= p.chunks; chunk += many) correlate_tile<B, rows, most>(p, i, chunk, top, k);
  if constexpr (most > 2) {
    for (; chunk + 2 <= p.chunks; chunk += 2) correlate_tile<B, rows, 2>(p, i, chunk, top, k);
  }
  if (chunk < p.chunks) correlate_tile<B, rows, 1>(p, i, chunk, top, k);
}

/// A block of terms reads few channels, again and again, so these stay in the first cache.
template <class Arch, class T>
void correlate(const Correlation<T>& p) {
  using B = xsimd::batch<T, Arch>;
  for (std::int64_t top = 0; top < p.terms; top += kBlockRows) {
    const std::int64_t k = p.terms - top < kBlockRows ? p.terms - top : kBlockRows;
    for (std::int64_t i = 0; i < p.rows; i += static_cast<std::int64_t>(kTileRows)) {
      switch (p.rows - i) {
        case 1: correlate_rows<B, 1, 8>(p, i, top, k); break;
        case 2: correlate_rows<B, 2, 5>(p, i, top, k); break;
        case 3: correlate_rows<B, 3, 4>(p, i, top, k); break;
        case 4: correlate_rows<B, 4, 3>(p, i, top, k); break;
        case 5: correlate_rows<B, 5, 2>(p, i, top, k); break;
        default: correlate_rows<B, kTileRows, 2>(p, i, top, k);
      }
    }
  }
}

/// `rows` terms from l on, `count` batches of filters from o on.
template <class B, std::size_t rows, std::size_t count>
void outer_tile(const Outer<typename B::value_type>& p, std::int64_t l, std::int64_t o) {
  using T = typename B::value_type;
  const T* sources[rows];
  for (std::size_t r = 0; r < rows; ++r) sources[r] = p.source + p.offsets[l + static_cast<std::int64_t>(r)];
  B sums[rows][count];
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < count; ++j) sums[r][j] = B(0);
  }
  constexpr auto width = static_cast<std::int64_t>(B::size);
  constexpr auto place_of_g = static_cast<std::int64_t>(count * B::size);
  const T* g = p.g + o / (2 * width) * p.g_panel + p.g_first * place_of_g;
  const std::int64_t skipped = (p.g_row - p.columns) * place_of_g;
  for (std::int64_t row = 0; row < p.rows; ++row, g += skipped) {
    const std::int64_t begin = row * p.source_row, end = begin + p.columns;
    for (std::int64_t place = begin; place < end; ++place, g += count * B::size) {
      B line[count];
      for (std::size_t j = 0; j < count; ++j) line[j] = B::load_unaligned(g + j * B::size);
      for (std::size_t r = 0; r < rows; ++r) {
        const B factor(sources[r][place]);
        for (std::size_t j = 0; j < count; ++j) sums[r][j] = xsimd::fma(factor, line[j], sums[r][j]);
      }
    }
  }
  T* to = p.sums + l * p.filters + o;
  for (std::size_t r = 0; r < rows; ++r, to += p.filters) {
    for (std::size_t j = 0; j < count; ++j)
      (B::load_unaligned(to + j * B::size) + sums[r][j]).store_unaligned(to + j * B::size);
  }
}

/// All terms, `most` at a time.
template <class B, std::size_t most, std::size_t count>
void outer_columns(const Outer<typename B::value_type>& p, std::int64_t o) {
  std::int64_t l = 0;
  for (; l + static_cast<std::int64_t>(most) <= p.terms; l += static_cast<std::int64_t>(most))
    outer_tile<B, most, count>(p, l, o);
  for (; l + 3 <= p.terms; l += 3) outer_tile<B, 3, count>(p, l, o);
  for (; l < p.terms; ++l) outer_tile<B, 1, count>(p, l, o);
}

template <class Arch, class T>
void add_outer(const Outer<T>& p) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  std::int64_t o = 0;
  for (; o + 2 * width <= p.filters; o += 2 * width) outer_columns<B, kTileRows, 2>(p, o);
  if (o < p.filters) outer_columns<B, 8, 1>(p, o);
}

template <class B, std::size_t rows>
void dots_tile(const Dots<typename B::value_type>& p, std::int64_t l) {
  using T = typename B::value_type;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  const T* sources[rows];
  B sums[rows];
  for (std::size_t r = 0; r < rows; ++r) {
    sources[r] = p.source + p.offsets[l + static_cast<std::int64_t>(r)];
    sums[r] = B(0);
  }
  const std::int64_t whole = p.columns / width * width, rest = p.columns - whole;
  T ones[B::size];
  for (std::int64_t i = 0; i < width; ++i) ones[i] = i < rest ? T(1) : T(0);
  const auto inside = B::load_unaligned(ones) == B(T(1));
  const T* g = p.g;
  for (std::int64_t row = 0; row < p.rows; ++row, g += p.columns) {
    const std::int64_t begin = row * p.source_row;
    for (std::int64_t i = 0; i < whole; i += width) {
      const B line = B::load_unaligned(g + i);
      for (std::size_t r = 0; r < rows; ++r)
        sums[r] = xsimd::fma(B::load_unaligned(sources[r] + begin + i), line, sums[r]);
    }
    if (rest == 0) continue;
    const B line = load_part<B>(g + whole, rest, T(0));
    for (std::size_t r = 0; r < rows; ++r) {  // what is not of the row may be an infinity
      const B part = xsimd::select(inside, B::load_unaligned(sources[r] + begin + whole), B(T(0)));
      sums[r] = xsimd::fma(part, line, sums[r]);
    }
  }
  for (std::size_t r = 0; r < rows; ++r) p.sums[l + static_cast<std::int64_t>(r)] += xsimd::hadd(sums[r]);
}

template <class Arch, class T>
void add_dots(const Dots<T>& p) {
  using B = xsimd::batch<T, Arch>;
  std::int64_t l = 0;
  for (; l + 9 <= p.terms; l += 9) dots_tile<B, 9>(p, l);  // a kernel of 3 x 3
  for (; l + 5 <= p.terms; l += 5) dots_tile<B, 5>(p, l);
  for (; l < p.terms; ++l) dots_tile<B, 1>(p, l);
}

template <class Arch, class T>
constexpr ConvTable<T> make_conv_table() {
  return {.correlate = &correlate<Arch, T>,
          .add_outer = &add_outer<Arch, T>,
          .add_dots = &add_dots<Arch, T>,
          .copy = &copy_rows<Arch, T>,
          .turn = &turn<Arch, T>,
          .interleave = &interleave<Arch, T>,
          .split_pairs = &split_pairs<Arch, T>,
          .join_pairs = &join_pairs<Arch, T>,
          .sum_and_difference = &sum_and_difference<Arch, T>,
          .batch = xsimd::batch<T, Arch>::size};
}

}  // namespace xtape::kernels::loops
