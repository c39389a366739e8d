// Matrix products on raw buffers.
#pragma once

#include <cstdint>

namespace xtape::kernels {

/// A row-major matrix in a buffer; `leading` elements lie between the starts of its rows.
template <class T>
struct Matrix {
  const T* data;
  std::int64_t leading;
  bool transposed = false;  // the buffer holds the transpose of what is meant
};

/// c = op(a) op(b), or += where it `adds`, with op(a) {m, k}, op(b) {k, n} and c {m, n} contiguous; a c that
/// is not added to may be uninitialised. By BLAS, or by loops of this library for small and narrow products.
/// Large ones are cut into pieces for the pool, as the shapes alone say, so results do not depend on the
/// number of threads.
template <class T>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b, bool adds,
          T* c);

/// c = op(a) op(b) + bias, the bias {n} added to every row. For floats.
template <class T>
void gemm_bias(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<T>& a, const Matrix<T>& b,
               const T* bias, T* c);

}  // namespace xtape::kernels
