// The loop behind SimdTable::correlate, on xsimd batches of one architecture. Included only by loops.hpp.
#pragma once

#include "autograd/kernels/simd/gemm_loops.hpp"

namespace xtape::kernels::loops {

/// `rows` rows of c at `count` batches from `chunk` on, over the terms [top, top + k).
template <class B, std::size_t rows, std::size_t count>
void correlate_tile(const Correlation<typename B::value_type>& p, std::int64_t i, std::int64_t chunk,
                    std::int64_t top, std::int64_t k) {
  using T = typename B::value_type;
  const T* lines[count];
  for (std::size_t j = 0; j < count; ++j)
    lines[j] = p.source + p.positions[chunk + static_cast<std::int64_t>(j)];
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
  T* c = p.c + i * p.c_row + chunk * static_cast<std::int64_t>(B::size);
  for (std::size_t r = 0; r < rows; ++r, c += p.c_row) {
    for (std::size_t j = 0; j < count;
         ++j) {  // the start last: a sum of blocks rounds less than one of terms
      const B start = top > 0 ? B::load_unaligned(c + j * B::size)
                              : B(p.bias == nullptr ? T(0) : p.bias[i + static_cast<std::int64_t>(r)]);
      (sums[r][j] + start).store_unaligned(c + j * B::size);
    }
  }
}

template <class B, std::size_t count>
void correlate_rows(const Correlation<typename B::value_type>& p, std::int64_t i, std::int64_t chunk,
                    std::int64_t top, std::int64_t k) {
  switch (p.rows - i) {
    case 1: return correlate_tile<B, 1, count>(p, i, chunk, top, k);
    case 2: return correlate_tile<B, 2, count>(p, i, chunk, top, k);
    case 3: return correlate_tile<B, 3, count>(p, i, chunk, top, k);
    case 4: return correlate_tile<B, 4, count>(p, i, chunk, top, k);
    case 5: return correlate_tile<B, 5, count>(p, i, chunk, top, k);
    default: return correlate_tile<B, kTileRows, count>(p, i, chunk, top, k);
  }
}

/// A block of terms reads few channels, again and again, so these stay in the first cache.
template <class Arch, class T>
void correlate(const Correlation<T>& p) {
  using B = xsimd::batch<T, Arch>;
  for (std::int64_t top = 0; top < p.terms; top += kBlockRows) {
    const std::int64_t k = p.terms - top < kBlockRows ? p.terms - top : kBlockRows;
    for (std::int64_t i = 0; i < p.rows; i += static_cast<std::int64_t>(kTileRows)) {
      std::int64_t chunk = 0;
      for (; chunk + 2 <= p.chunks; chunk += 2) correlate_rows<B, 2>(p, i, chunk, top, k);
      if (chunk < p.chunks) correlate_rows<B, 1>(p, i, chunk, top, k);
    }
  }
}

}  // namespace xtape::kernels::loops
