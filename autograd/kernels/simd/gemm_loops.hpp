// The loop behind ProductTable::gemm, on xsimd batches of one architecture: products of matrices that are
// small enough to be read where they lie, for which BLAS spends its time on packing and on clearing c.
#pragma once

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/part.hpp"
#include "autograd/kernels/simd/product_table.hpp"
#include "autograd/kernels/simd/tile.hpp"

namespace xtape::kernels::loops {

/// Terms of a dot product that are added at a time.
inline constexpr std::int64_t kDotTerms = 1024;
/// Columns of c that would leave most of a line empty.
inline constexpr std::int64_t kFewColumns = 4;

/// What one call computes: k columns of a, as many rows of b, and `columns` columns of c.
template <class T>
struct Tile {
  std::int64_t k, columns;
  StridedMatrix<T> a;
  const T* b;
  std::int64_t b_row;
  const T* start;
  std::int64_t start_row;
  T* c;
  std::int64_t c_row;
};

/// The first `columns` numbers of each row.
template <class B, class T>
void copy_rows(const T* from, std::size_t from_row, T* to, std::size_t to_row, std::size_t rows,
               std::size_t columns) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < 2 * B::size; ++j) {  // of a fixed length: no call of memcpy
      if (j < columns) to[i * to_row + j] = from[i * from_row + j];
    }
  }
}

/// `rows` rows of c, of at most `count` batches each.
template <class B, std::size_t rows, std::size_t count>
void gemm_tile(const Tile<typename B::value_type>& p) {
  using T = typename B::value_type;
  constexpr std::size_t full = count * B::size;
  const auto columns = static_cast<std::size_t>(p.columns);
  alignas(64) T edge[rows * full];  // where the line is not full
  B sums[rows][count];
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < count; ++j) sums[i][j] = B(0);
  }
  const T *a = p.a.data, *b = p.b;
  for (std::int64_t l = 0; l < p.k; ++l, a += p.a.column, b += p.b_row) {
    B line[count];
    for (std::size_t j = 0; j < count; ++j) line[j] = B::load_unaligned(b + j * B::size);
    for (std::size_t i = 0; i < rows; ++i) {
      const B factor(a[static_cast<std::int64_t>(i) * p.a.row]);
      for (std::size_t j = 0; j < count; ++j) sums[i][j] = xsimd::fma(factor, line[j], sums[i][j]);
    }
  }
  if (p.start != nullptr) {  // last: a sum of blocks rounds less than one of terms
    const T* start = p.start;
    auto start_row = static_cast<std::size_t>(p.start_row);
    if (columns < full) {
      for (T& number : edge) number = T(0);
      copy_rows<B>(start, start_row, edge, full, rows, columns);
      start = edge;
      start_row = full;
    }
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < count; ++j)
        sums[i][j] += B::load_unaligned(start + i * start_row + j * B::size);
    }
  }
  const auto c_row = static_cast<std::size_t>(p.c_row);
  T* c = columns < full ? edge : p.c;
  const std::size_t row = columns < full ? full : c_row;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < count; ++j) sums[i][j].store_unaligned(c + i * row + j * B::size);
  }
  if (columns < full) copy_rows<B>(edge, full, p.c, c_row, rows, columns);
}

/// The rows of c from i on, as many as a tile has or are left. `b` is the panel, `top` its first row in the
/// whole b.
template <class B, std::size_t count>
void gemm_rows(const SmallProduct<typename B::value_type>& p, std::int64_t top, std::int64_t k,
               std::int64_t i, const typename B::value_type* b, std::int64_t b_row, std::int64_t begin,
               std::int64_t columns) {
  using T = typename B::value_type;
  T* c = p.c + i * p.c_row + begin;
  const T* start = top > 0 ? c : p.start == nullptr ? nullptr : p.start + i * p.start_row + begin;
  const Tile<T> tile{.k = k,
                     .columns = columns,
                     .a = {p.a.data + i * p.a.row + top * p.a.column, p.a.row, p.a.column},
                     .b = b,
                     .b_row = b_row,
                     .start = start,
                     .start_row = top > 0 ? p.c_row : p.start_row,
                     .c = c,
                     .c_row = p.c_row};
  switch (p.m - i) {
    case 1: return gemm_tile<B, 1, count>(tile);
    case 2: return gemm_tile<B, 2, count>(tile);
    case 3: return gemm_tile<B, 3, count>(tile);
    case 4: return gemm_tile<B, 4, count>(tile);
    case 5: return gemm_tile<B, 5, count>(tile);
    default: return gemm_tile<B, kTileRows, count>(tile);
  }
}

/// `rows` rows of `columns` numbers of b, one after the other in lines of `line` numbers. B, unused, gives
/// the function a name of the instruction set's own.
template <class B, class T>
void copy_panel(const StridedMatrix<T>& b, std::int64_t rows, std::int64_t columns, T* panel,
                std::int64_t line) {
  if (b.column == 1) {
    for (std::int64_t l = 0; l < rows; ++l) {
      for (std::int64_t j = 0; j < columns; ++j) panel[l * line + j] = b.data[l * b.row + j];
    }
    return;
  }
  // A b that is stored transposed is turned by squares of four: its rows and those of the panel are in
  // registers.
  typedef T Four __attribute__((vector_size(4 * sizeof(T)), aligned(sizeof(T)), may_alias));
  const std::int64_t in_squares = b.row == 1 ? rows / 4 * 4 : 0, squares = columns / 4 * 4;
  for (std::int64_t j = 0; j < squares; j += 4) {
    for (std::int64_t l = 0; l < in_squares; l += 4) {
      const auto column = [&](std::int64_t i) {
        return reinterpret_cast<const Four*>(b.data + l + (j + i) * b.column);
      };
      const Four x0 = *column(0), x1 = *column(1), x2 = *column(2), x3 = *column(3);
      const Four low01 = __builtin_shufflevector(x0, x1, 0, 4, 1, 5),
                 low23 = __builtin_shufflevector(x2, x3, 0, 4, 1, 5);
      const Four high01 = __builtin_shufflevector(x0, x1, 2, 6, 3, 7),
                 high23 = __builtin_shufflevector(x2, x3, 2, 6, 3, 7);
      const auto row = [&](std::int64_t i) -> Four& {
        return *reinterpret_cast<Four*>(panel + (l + i) * line + j);
      };
      row(0) = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
      row(1) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
      row(2) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
      row(3) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    }
  }
  for (std::int64_t j = 0; j < columns; ++j) {
    for (std::int64_t l = j < squares ? in_squares : 0; l < rows; ++l)
      panel[l * line + j] = b.data[l * b.row + j * b.column];
  }
}

/// Columns that b holds in another order, or that fill no line: by a copy, padded with zeros.
template <class B, std::size_t count>
void gemm_copied(const SmallProduct<typename B::value_type>& p, std::int64_t begin, std::int64_t columns) {
  using T = typename B::value_type;
  constexpr auto full = static_cast<std::int64_t>(count * B::size);
  alignas(64) T copy[kBlockRows * full];
  for (std::int64_t l = 0; l < p.k && l < kBlockRows; ++l) {
    for (std::int64_t j = columns; j < full; ++j) copy[l * full + j] = T(0);
  }
  for (std::int64_t top = 0; top < p.k; top += kBlockRows) {
    const std::int64_t k = p.k - top < kBlockRows ? p.k - top : kBlockRows;
    const T* b = p.b.data + top * p.b.row + begin * p.b.column;
    copy_panel<B, T>({b, p.b.row, p.b.column}, k, columns, copy, full);
    for (std::int64_t i = 0; i < p.m; i += static_cast<std::int64_t>(kTileRows))
      gemm_rows<B, count>(p, top, k, i, copy, full, begin, columns);
  }
}

/// c = a b + start, each number of c a sum of blocks over k in order, wherever it lies.
template <class B>
void gemm_tiles(const SmallProduct<typename B::value_type>& p) {
  constexpr auto width = static_cast<std::int64_t>(B::size), full = 2 * width;
  const std::int64_t direct = p.b.column == 1 ? p.n / full * full : 0;
  if (direct > 0) {
    for (std::int64_t top = 0; top < p.k; top += kBlockRows) {
      const std::int64_t k = p.k - top < kBlockRows ? p.k - top : kBlockRows;
      for (std::int64_t i = 0; i < p.m; i += static_cast<std::int64_t>(kTileRows)) {
        for (std::int64_t begin = 0; begin < direct; begin += full)
          gemm_rows<B, 2>(p, top, k, i, p.b.data + top * p.b.row + begin, p.b.row, begin, full);
      }
    }
  }
  for (std::int64_t begin = direct; begin < p.n; begin += full) {
    const std::int64_t columns = p.n - begin < full ? p.n - begin : full;
    if (columns > width)
      gemm_copied<B, 2>(p, begin, columns);
    else
      gemm_copied<B, 1>(p, begin, columns);
  }
}

/// The same for few columns, of an a whose columns lie in one piece each: the transpose is computed, whose
/// lines are full.
template <class B>
void gemm_turned(const SmallProduct<typename B::value_type>& p) {
  using T = typename B::value_type;
  constexpr std::int64_t block = 64;
  T turned[kFewColumns * block];
  for (std::int64_t begin = 0; begin < p.m; begin += block) {
    const std::int64_t rows = p.m - begin < block ? p.m - begin : block;
    for (std::int64_t i = 0; i < rows; ++i) {
      const T* start = p.start == nullptr ? nullptr : p.start + (begin + i) * p.start_row;
      for (std::int64_t j = 0; j < p.n; ++j) turned[j * block + i] = start == nullptr ? T(0) : start[j];
    }
    gemm_tiles<B>({.m = p.n,
                   .n = rows,
                   .k = p.k,
                   .a = {p.b.data, p.b.column, p.b.row},
                   .b = {p.a.data + begin * p.a.row, p.a.column, p.a.row},
                   .start = turned,
                   .start_row = block,
                   .c = turned,
                   .c_row = block});
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < p.n; ++j) p.c[(begin + i) * p.c_row + j] = turned[j * block + i];
    }
  }
}

/// `rows` rows of c for a and b whose sums run along memory. Each number of c is one dot product, in the
/// same order wherever it lies.
template <class B, std::size_t rows, std::size_t columns>
void dot_rows(const SmallProduct<typename B::value_type>& p, std::int64_t begin) {
  using T = typename B::value_type;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  const T *a = p.a.data + begin * p.a.row, *b = p.b.data;
  B sums[rows][columns];
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) sums[i][j] = B(0);
  }
  const auto row_of_a = [&](std::size_t i) { return a + static_cast<std::int64_t>(i) * p.a.row; };
  const auto column_of_b = [&](std::size_t j) { return b + static_cast<std::int64_t>(j) * p.b.column; };
  const auto add = [&](const auto& load) {
    B column[columns];
    for (std::size_t j = 0; j < columns; ++j) column[j] = load(column_of_b(j));
    for (std::size_t i = 0; i < rows; ++i) {
      const B row = load(row_of_a(i));
      for (std::size_t j = 0; j < columns; ++j) sums[i][j] = xsimd::fma(row, column[j], sums[i][j]);
    }
  };
  std::int64_t l = 0;
  for (; l + width <= p.k; l += width) add([&](const T* line) { return B::load_unaligned(line + l); });
  if (l < p.k) add([&](const T* line) { return load_part<B>(line + l, p.k - l, T(0)); });
  for (std::size_t i = 0; i < rows; ++i) {
    const std::int64_t row = begin + static_cast<std::int64_t>(i);
    for (std::size_t j = 0; j < columns; ++j) {
      const T start = p.start == nullptr ? T(0) : p.start[row * p.start_row + static_cast<std::int64_t>(j)];
      p.c[row * p.c_row + static_cast<std::int64_t>(j)] = start + xsimd::hadd(sums[i][j]);
    }
  }
}

template <class B, std::size_t columns>
void gemm_dots(const SmallProduct<typename B::value_type>& p) {
  constexpr std::int64_t rows = columns > 2 ? 2 : 4;  // chains enough to hide the latency of one
  if (p.k > kDotTerms) {
    SmallProduct<typename B::value_type> part = p;
    part.k = kDotTerms;
    gemm_dots<B, columns>(part);
    for (std::int64_t top = kDotTerms; top < p.k; top += kDotTerms) {
      part.a.data = p.a.data + top;
      part.b.data = p.b.data + top;
      part.k = p.k - top < kDotTerms ? p.k - top : kDotTerms;
      part.start = p.c;
      part.start_row = p.c_row;
      gemm_dots<B, columns>(part);
    }
    return;
  }
  std::int64_t i = 0;
  for (; i + rows <= p.m; i += rows) dot_rows<B, rows, columns>(p, i);
  for (; i < p.m; ++i) dot_rows<B, 1, columns>(p, i);
}

/// c = a b + start. How a number of c is summed does not depend on which part of the whole c this call is
/// for.
template <class Arch, class T>
void gemm(const SmallProduct<T>& p) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  const bool few_columns = p.c_row <= kFewColumns;  // in the whole c
  if (few_columns && p.a.column == 1 && p.b.row == 1 && p.k >= width) {
    switch (p.n) {
      case 1: return gemm_dots<B, 1>(p);
      case 2: return gemm_dots<B, 2>(p);
      case 3: return gemm_dots<B, 3>(p);
      default: return gemm_dots<B, 4>(p);
    }
  }
  if (few_columns && p.a.row == 1 && p.m > p.n) return gemm_turned<B>(p);
  gemm_tiles<B>(p);
}

template <class Arch, class T>
constexpr ProductTable<T> make_product_table() {
  return {.gemm = &gemm<Arch, T>, .tile_columns = 2 * xsimd::batch<T, Arch>::size};
}

}  // namespace xtape::kernels::loops
