// Sums and extremes on xsimd batches of one architecture. Included only by loops.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/part.hpp"

namespace xtape::kernels::loops {

struct Greater {
  template <class B>
  static B run(const B& x, const B& y) {
    return xsimd::max(x, y);
  }
};
struct Less {
  template <class B>
  static B run(const B& x, const B& y) {
    return xsimd::min(x, y);
  }
};
struct Itself {
  template <class B>
  static B run(B x) {
    return x;
  }
};
struct Squared {
  template <class B>
  static B run(B x) {
    return x * x;
  }
};

/// The batches of F(x).
template <class B, class T, class F>
struct Terms {
  const T* x;

  B operator()(std::int64_t i) const { return F::run(B::load_unaligned(x + i)); }
  B operator()(std::int64_t i, std::int64_t n) const { return F::run(load_part<B>(x + i, n, T(0))); }
};

/// The batches of (x - y)^2.
template <class B, class T>
struct SquaredDifferences {
  const T *x, *y;

  B operator()(std::int64_t i) const {
    return Squared::run(B::load_unaligned(x + i) - B::load_unaligned(y + i));
  }
  B operator()(std::int64_t i, std::int64_t n) const {
    return Squared::run(load_part<B>(x + i, n, T(0)) - load_part<B>(y + i, n, T(0)));
  }
};

/// The sum of n terms, of which load(i) gives a batch and load(i, m) the last m. Blocks of 1024 terms are
/// summed by four accumulators, the blocks in double: 2^25 ones give 2^25.
template <class Arch, class T, class Load>
double sum_of(std::int64_t n, const Load& load) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  double total = 0;
  for (std::int64_t begin = 0; begin < n; begin += 1024) {
    const std::int64_t end = begin + 1024 < n ? begin + 1024 : n;
    B a(0), b(0), c(0), d(0);
    std::int64_t i = begin;
    for (; i + 4 * width <= end; i += 4 * width) {
      a += load(i);
      b += load(i + width);
      c += load(i + 2 * width);
      d += load(i + 3 * width);
    }
    for (; i + width <= end; i += width) a += load(i);
    if (i < end) b += load(i, end - i);
    total += static_cast<double>(xsimd::hadd((a + b) + (c + d)));
  }
  return total;
}

template <class Arch, class T, class F>
double sum(const T* x, std::int64_t n) {
  return sum_of<Arch, T>(n, Terms<xsimd::batch<T, Arch>, T, F>{x});
}

template <class Arch, class T>
double squared_distance(const T* x, const T* y, std::int64_t n) {
  return sum_of<Arch, T>(n, SquaredDifferences<xsimd::batch<T, Arch>, T>{x, y});
}

/// Adds one batch of each of n rows, blocks of 64 rows in T and the blocks in double, to `sums`; the first
/// `skip` columns are left out.
template <class Arch, class T>
void add_columns(const T* x, std::int64_t n, std::int64_t stride, std::size_t skip, double* sums) {
  using B = xsimd::batch<T, Arch>;
  alignas(64) T lanes[B::size];
  for (std::int64_t first = 0; first < n; first += 64) {
    const T* row = x + first * stride;
    const std::int64_t rows = n - first < 64 ? n - first : 64;
    B block = B::load_unaligned(row);
    for (std::int64_t r = 1; r < rows; ++r) block += B::load_unaligned(row + r * stride);
    block.store_aligned(lanes);
    for (std::size_t i = skip; i < B::size; ++i) sums[i] += static_cast<double>(lanes[i]);
  }
}

inline constexpr std::int64_t kWide = 1024;  // columns that are added at once

/// As add_columns for up to kWide columns, a whole number of batches: four rows at a time, since memory is
/// read fastest in the order of its addresses.
template <class Arch, class T>
void add_wide_columns(const T* x, std::int64_t n, std::int64_t stride, std::int64_t width, double* sums) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto size = static_cast<std::int64_t>(B::size);
  alignas(64) T block[kWide];
  for (std::int64_t first = 0; first < n; first += 64) {
    const std::int64_t end = n - first < 64 ? n : first + 64;
    std::int64_t r = first;
    for (std::int64_t i = 0; i < width; i += size) B(0).store_aligned(block + i);
    for (; r + 4 <= end; r += 4) {
      const T *a = x + r * stride, *b = a + stride, *c = b + stride, *d = c + stride;
      for (std::int64_t i = 0; i < width; i += size) {
        const B four = (B::load_unaligned(a + i) + B::load_unaligned(b + i)) +
                       (B::load_unaligned(c + i) + B::load_unaligned(d + i));
        (B::load_aligned(block + i) + four).store_aligned(block + i);
      }
    }
    for (; r < end; ++r) {
      for (std::int64_t i = 0; i < width; i += size)
        (B::load_aligned(block + i) + B::load_unaligned(x + r * stride + i)).store_aligned(block + i);
    }
    for (std::int64_t i = 0; i < width; ++i) sums[i] += static_cast<double>(block[i]);
  }
}

/// Rows that are narrower than a batch and follow each other: as many rows as a batch has numbers fill
/// `width` batches, whose lanes belong to fixed columns. Gives the number of rows that it added, a multiple
/// of that.
template <class Arch, class T>
std::int64_t add_narrow_rows(const T* x, std::int64_t n, std::int64_t width, double* sums) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto size = static_cast<std::int64_t>(B::size);
  alignas(64) T lanes[B::size * B::size] = {};
  const std::int64_t groups = n / size, length = width * size;
  for (std::int64_t first = 0; first < groups; first += 64) {
    const std::int64_t end = groups - first < 64 ? groups : first + 64;
    for (std::int64_t i = 0; i < length; i += size) B(0).store_aligned(lanes + i);
    for (std::int64_t group = first; group < end; ++group) {
      for (std::int64_t i = 0; i < length; i += size)
        (B::load_aligned(lanes + i) + B::load_unaligned(x + group * length + i)).store_aligned(lanes + i);
    }
    for (std::int64_t i = 0; i < length; ++i) sums[i % width] += static_cast<double>(lanes[i]);
  }
  return groups * size;
}

/// The sums of the columns of n rows of `width` elements that lie `stride` apart.
template <class Arch, class T>
void sum_columns(const T* x, std::int64_t n, std::int64_t stride, std::int64_t width, double* sums) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto size = static_cast<std::int64_t>(B::size);
  for (std::int64_t i = 0; i < width; ++i) sums[i] = 0;
  std::int64_t i = 0;
  for (; i + 8 * size <= width;) {
    const std::int64_t wide = width - i < kWide ? (width - i) / size * size : kWide;
    add_wide_columns<Arch>(x + i, n, stride, wide, sums + i);
    i += wide;
  }
  for (; i + size <= width; i += size) add_columns<Arch>(x + i, n, stride, 0, sums + i);
  if (i == width) return;
  if (width >= size)  // the last batch goes over columns that have been added already
    return add_columns<Arch>(x + width - size, n, stride, static_cast<std::size_t>(size - (width - i)),
                             sums + width - size);
  std::int64_t r = 0;
  if (stride == width) r = add_narrow_rows<Arch>(x, n, width, sums);
  for (; r < n; ++r) {
    for (std::int64_t j = 0; j < width; ++j) sums[j] += static_cast<double>(x[r * stride + j]);
  }
}

/// The greatest or smallest; any NaN wins. Four at once, since each waits for the one before.
template <class Arch, class T, class F>
double extremum(const T* x, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  const B first(x[0]);
  B best[4] = {first, first, first, first};
  auto nan = xsimd::isnan(first);
  const auto take = [&](int place, const B& next) {
    nan = nan || xsimd::isnan(next);
    best[place] = F::run(best[place], next);
  };
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    for (int place = 0; place < 4; ++place) take(place, B::load_unaligned(x + i + place * width));
  }
  for (; i + width <= n; i += width) take(0, B::load_unaligned(x + i));
  if (i < n) take(0, load_part<B>(x + i, n - i, x[0]));
  if (xsimd::any(nan)) return __builtin_nan("");
  alignas(64) T lanes[B::size];
  F::run(F::run(best[0], best[1]), F::run(best[2], best[3])).store_aligned(lanes);
  T result = lanes[0];
  for (std::size_t lane = 1; lane < B::size; ++lane) result = F::run(B(result), B(lanes[lane])).get(0);
  return static_cast<double>(result);
}

}  // namespace xtape::kernels::loops
