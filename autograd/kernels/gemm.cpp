// Matrix products through xtensor-blas' interface to BLAS, with transposes as flags. OpenBLAS itself runs on
// one thread: the pool splits large products, since two pools of threads would fight for the processors.
#include "autograd/kernels/gemm.hpp"

#include <algorithm>
#include <cstdint>
#include <xtensor-blas/xblas.hpp>

#include "autograd/error.hpp"
#include "autograd/parallel.hpp"

extern "C" void openblas_set_num_threads(int threads);

namespace xtape::kernels {

namespace {

/// BLAS counts in 32-bit integers here.
using Index = int;

void use_one_blas_thread() {
  static const bool once = (openblas_set_num_threads(1), true);
  static_cast<void>(once);
}

constexpr auto transpose_flag(bool transposed) { return transposed ? cxxblas::Trans : cxxblas::NoTrans; }

template <class T>
void product(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b, T beta,
             T* c, std::int64_t ldc) {
  cxxblas::gemm<Index>(cxxblas::RowMajor, transpose_flag(a.transposed), transpose_flag(b.transposed),
                       Index(m), Index(n), Index(k), T(1), a.data, Index(a.leading), b.data, Index(b.leading),
                       beta, c, Index(ldc));
}

/// One row: c = x op(b) + beta c, as the matrix-vector product op(b)^T x.
template <class T>
void row_product(std::int64_t n, std::int64_t k, const T* x, std::int64_t step, const Matrix<T>& b, T beta,
                 T* c) {
  if (beta == T(0))
    std::fill_n(c, n, T(0));  // BLAS may compute 0 * c, which is NaN for a fresh buffer's contents
  cxxblas::gemv<Index>(cxxblas::RowMajor, transpose_flag(!b.transposed), Index(b.transposed ? n : k),
                       Index(b.transposed ? k : n), T(1), b.data, Index(b.leading), x, Index(step), T(1), c,
                       Index(1));
}

/// Pieces of at least 2e7 operations and 64 rows or columns; a power of two, so that pieces are even.
std::int64_t pieces(std::int64_t m, std::int64_t n, std::int64_t k) {
  const double operations = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const std::int64_t longest = std::max(m, n);
  std::int64_t count = 1;
  while (count < 8 && operations / static_cast<double>(2 * count) >= 2e7 && longest / (2 * count) >= 64)
    count *= 2;
  return count;
}

/// The part of a matrix from row (or column) `begin` on.
template <class T>
Matrix<T> from(const Matrix<T>& x, std::int64_t begin, bool rows) {
  const std::int64_t step = rows == x.transposed ? 1 : x.leading;
  return {x.data + begin * step, x.leading, x.transposed};
}

}  // namespace

/// BLAS has no integers: plain loops, in unsigned arithmetic, which wraps.
template <class T>
void integer_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
                  T beta, T* c) {
  const auto at = [](const Matrix<T>& x, std::int64_t row, std::int64_t column) {
    return static_cast<std::uint64_t>(
        x.data[x.transposed ? column * x.leading + row : row * x.leading + column]);
  };
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      std::uint64_t total =
          beta == T(0) ? 0 : static_cast<std::uint64_t>(beta) * static_cast<std::uint64_t>(c[i * n + j]);
      for (std::int64_t l = 0; l < k; ++l) total += at(a, i, l) * at(b, l, j);
      c[i * n + j] = static_cast<T>(total);
    }
  }
}

template <class T>
void float_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
                T beta, T* c) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (beta == T(0)) std::fill_n(c, m * n, T(0));
    return;
  }
  check(std::max({m, n, k, a.leading, b.leading}) <= INT32_MAX,
        "matmul: sizes {}, {}, {} are beyond what BLAS counts", m, k, n);
  use_one_blas_thread();
  if (m == 1) return row_product(n, k, a.data, a.transposed ? a.leading : 1, b, beta, c);
  const std::int64_t count = pieces(m, n, k);
  if (m >= n) {
    const std::int64_t piece = (m / count + 15) / 16 * 16;
    parallel_for(m, count == 1 ? m : piece, [&](std::int64_t begin, std::int64_t end) {
      product(end - begin, n, k, from(a, begin, true), b, beta, c + begin * n, n);
    });
  } else {
    const std::int64_t piece = (n / count + 15) / 16 * 16;
    parallel_for(n, count == 1 ? n : piece, [&](std::int64_t begin, std::int64_t end) {
      product(m, end - begin, k, a, from(b, begin, false), beta, c + begin, n);
    });
  }
}

template <class T>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b, T beta,
          T* c) {
  if constexpr (std::is_floating_point_v<T>)
    float_gemm(m, n, k, a, b, beta, c);
  else
    integer_gemm(m, n, k, a, b, beta, c);
}

template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<std::uint8_t>&,
                   const Matrix<std::uint8_t>&, std::uint8_t, std::uint8_t*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<std::int64_t>&,
                   const Matrix<std::int64_t>&, std::int64_t, std::int64_t*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<float>&, const Matrix<float>&,
                   float, float*);
template void gemm(std::int64_t, std::int64_t, std::int64_t, const Matrix<double>&, const Matrix<double>&,
                   double, double*);

}  // namespace xtape::kernels
