// Matrix products: small and narrow ones by loops of this library, others through xtensor-blas' interface to
// BLAS, with transposes as flags.
#include "autograd/kernels/gemm.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <vector>
#include <xtensor-blas/xblas.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/kernels/blas_threads.hpp"
#include "autograd/kernels/product_rules.hpp"
#include "autograd/kernels/simd/product_table.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

namespace {

/// BLAS counts in 32-bit integers here.
using Index = int;

constexpr auto transpose_flag(bool transposed) { return transposed ? cxxblas::Trans : cxxblas::NoTrans; }

template <class T>
void product(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
             bool adds, T* c, std::int64_t ldc) {
  cxxblas::gemm<Index>(cxxblas::RowMajor, transpose_flag(a.transposed), transpose_flag(b.transposed),
                       Index(m), Index(n), Index(k), T(1), a.data, Index(a.leading), b.data, Index(b.leading),
                       T(adds ? 1 : 0), c, Index(ldc));
}

constexpr std::int64_t kTerms = 1 << 10;  // of a sum by gemv or dot: rounding errors grow with their number
constexpr std::int64_t kDeepTerms = 1 << 14;  // by gemm, which adds blocks

template <class T>
StridedMatrix<T> strided(const Matrix<T>& x) {
  return x.transposed ? StridedMatrix<T>{x.data, 1, x.leading} : StridedMatrix<T>{x.data, x.leading, 1};
}

/// By the loops of this library, which give the same bits however c is cut. Pieces of some 50 us are worth
/// waking a thread; more than eight would copy a transposed b too often. 96 is a whole number of tiles both
/// in rows and in columns.
template <class T>
void own_product(const SmallProduct<T>& product) {
  const double operations =
      2.0 * static_cast<double>(product.m) * static_cast<double>(product.n) * static_cast<double>(product.k);
  const bool by_rows = product.m >= product.n;
  const std::int64_t longest = by_rows ? product.m : product.n;
  const auto wanted = static_cast<std::int64_t>(std::min(operations / 4e6, 7.0)) + 1;
  const std::int64_t piece = std::max<std::int64_t>(1, (longest / wanted + 95) / 96) * 96;
  parallel_for(longest, piece, [&](std::int64_t begin, std::int64_t end) {
    SmallProduct<T> part = product;
    (by_rows ? part.m : part.n) = end - begin;
    (by_rows ? part.a.data : part.b.data) += begin * (by_rows ? part.a.row : part.b.column);
    part.c += begin * (by_rows ? part.c_row : 1);
    if (part.start != nullptr) part.start += begin * (by_rows ? part.start_row : 1);
    product_simd<T>().gemm(part);
  });
}

/// The part of a matrix from row (or column) `begin` on.
template <class T>
Matrix<T> from(const Matrix<T>& x, std::int64_t begin, bool rows) {
  const std::int64_t step = rows == x.transposed ? 1 : x.leading;
  return {x.data + begin * step, x.leading, x.transposed};
}

/// c += x op(b), as the matrix-vector product op(b)^T x.
template <class T>
void add_vector_product(std::int64_t n, std::int64_t k, const T* x, std::int64_t step, const Matrix<T>& b,
                        T* c) {
  if (n == 1) {
    T sum(0);
    cxxblas::dot<Index>(Index(k), x, Index(step), b.data, Index(b.transposed ? 1 : b.leading), sum);
    *c += sum;
    return;
  }
  cxxblas::gemv<Index>(cxxblas::RowMajor, transpose_flag(!b.transposed), Index(b.transposed ? n : k),
                       Index(b.transposed ? k : n), T(1), b.data, Index(b.leading), x, Index(step), T(1), c,
                       Index(1));
}

/// The same for long sums, which are cut into parts that are added in double: BLAS adds them term by term.
template <class T>
void add_long_vector_product(std::int64_t n, std::int64_t k, const T* x, std::int64_t step,
                             const Matrix<T>& b, T* c) {
  std::vector<double> totals(c, c + n);
  std::vector<T> part(static_cast<std::size_t>(n));
  for (std::int64_t top = 0; top < k; top += kTerms) {
    std::fill(part.begin(), part.end(), T(0));
    add_vector_product(n, std::min(kTerms, k - top), x + top * step, step, from(b, top, true), part.data());
    std::transform(part.begin(), part.end(), totals.begin(), totals.begin(), std::plus<double>());
  }
  std::transform(totals.begin(), totals.end(), c, [](double total) { return static_cast<T>(total); });
}

/// One row: c = x op(b), or added to c. Half a megabyte of b is worth a piece; their number is a power of
/// two, so that threads share them evenly.
template <class T>
void row_product(std::int64_t n, std::int64_t k, const T* x, std::int64_t step, const Matrix<T>& b, bool adds,
                 T* c) {
  if (!adds) std::fill_n(c, n, T(0));  // BLAS may compute 0 * c, which is NaN for a fresh buffer's contents
  const auto add = k > kTerms ? add_long_vector_product<T> : add_vector_product<T>;
  const auto halves = static_cast<std::uint64_t>(n * k) >> 17;
  const auto count = static_cast<std::int64_t>(std::min<std::uint64_t>(8, std::bit_ceil(halves)));
  const std::int64_t piece = (n + 16 * count - 1) / (16 * count) * 16;
  parallel_for(n, piece, [&](std::int64_t begin, std::int64_t end) {
    add(end - begin, k, x, step, from(b, begin, false), c + begin);
  });
}

/// A small c of long sums: cut along k, where no piece packs what another does. The parts are added in their
/// order.
template <class T>
void deep_product(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
                  bool adds, T* c) {
  const std::int64_t piece = std::min((k / pieces(m, n, k, k) + 15) / 16 * 16, kDeepTerms), size = m * n;
  std::vector<T> others(static_cast<std::size_t>((k - 1) / piece * size));
  parallel_for(k, piece, [&](std::int64_t begin, std::int64_t end) {
    T* part = begin == 0 ? c : others.data() + (begin / piece - 1) * size;
    product(m, n, end - begin, from(a, begin, false), from(b, begin, true), begin == 0 && adds, part, n);
  });
  for (std::size_t i = 0; i < others.size(); i += static_cast<std::size_t>(size))
    simd<T>().add_scaled(others.data() + i, c, size, T(1));
}

}  // namespace

/// BLAS has no integers: plain loops, in unsigned arithmetic, which wraps.
template <class T>
void integer_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
                  bool adds, T* c) {
  const auto at = [](const Matrix<T>& x, std::int64_t row, std::int64_t column) {
    return static_cast<std::uint64_t>(
        x.data[x.transposed ? column * x.leading + row : row * x.leading + column]);
  };
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      std::uint64_t total = adds ? static_cast<std::uint64_t>(c[i * n + j]) : 0;
      for (std::int64_t l = 0; l < k; ++l) total += at(a, i, l) * at(b, l, j);
      c[i * n + j] = static_cast<T>(total);
    }
  }
}

template <class T>
void float_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
                bool adds, T* c) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (!adds) std::fill_n(c, m * n, T(0));
    return;
  }
  check(std::max({m, n, k, a.leading, b.leading}) <= INT32_MAX,
        "matmul: sizes {}, {}, {} are beyond what BLAS counts", m, k, n);
  use_one_blas_thread();
  if (m == 1) return row_product(n, k, a.data, a.transposed ? a.leading : 1, b, adds, c);
  if (n == 1 && !is_small(m, n, k))  // the transpose is one row
    return row_product<T>(m, k, b.data, b.transposed ? 1 : b.leading, {a.data, a.leading, !a.transposed},
                          adds, c);
  if (suits_own_loops(m, n, k, product_simd<T>().tile_columns, a.transposed, b.transposed))
    return own_product<T>({m, n, k, strided(a), strided(b), adds ? c : nullptr, n, c, n});
  if (is_deep(m, n, k)) return deep_product(m, n, k, a, b, adds, c);
  const std::int64_t count = pieces(m, n, k, std::max(m, n));
  if (m >= n) {
    const std::int64_t piece = (m / count + 15) / 16 * 16;
    parallel_for(m, count == 1 ? m : piece, [&](std::int64_t begin, std::int64_t end) {
      product(end - begin, n, k, from(a, begin, true), b, adds, c + begin * n, n);
    });
  } else {
    const std::int64_t piece = (n / count + 15) / 16 * 16;
    parallel_for(n, count == 1 ? n : piece, [&](std::int64_t begin, std::int64_t end) {
      product(m, end - begin, k, a, from(b, begin, false), adds, c + begin, n);
    });
  }
}

template <class T>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b, bool adds,
          T* c) {
  if constexpr (std::is_floating_point_v<T>)
    float_gemm(m, n, k, a, b, adds, c);
  else
    integer_gemm(m, n, k, a, b, adds, c);
}

template <class T>
void gemm_bias(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
               const T* bias, T* c) {
  if (m > 1 && n > 0 && k > 0 &&
      suits_own_loops(m, n, k, product_simd<T>().tile_columns, a.transposed, b.transposed))
    return own_product<T>({m, n, k, strided(a), strided(b), bias, 0, c, n});
  // The product is added to rows that hold the bias: BLAS is faster with beta = 1, and no second pass is
  // needed.
  for (std::int64_t i = 0; i < m; ++i) std::copy_n(bias, n, c + i * n);
  float_gemm(m, n, k, a, b, true, c);
}

template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<std::uint8_t>&,
                   const Matrix<std::uint8_t>&, bool, std::uint8_t*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<std::int8_t>&,
                   const Matrix<std::int8_t>&, bool, std::int8_t*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<std::int16_t>&,
                   const Matrix<std::int16_t>&, bool, std::int16_t*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<std::int32_t>&,
                   const Matrix<std::int32_t>&, bool, std::int32_t*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<std::int64_t>&,
                   const Matrix<std::int64_t>&, bool, std::int64_t*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<float>&, const Matrix<float>&, bool,
                   float*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<double>&, const Matrix<double>&,
                   bool, double*);

template void gemm_bias(std::int64_t, std::int64_t, std::int64_t, const Matrix<float>&, const Matrix<float>&,
                        const float*, float*);
template void gemm_bias(std::int64_t, std::int64_t, std::int64_t, const Matrix<double>&,
                        const Matrix<double>&, const double*, double*);

}  // namespace xtape::kernels
