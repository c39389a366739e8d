// Tensors as the matrices that products take.
#pragma once

#include <algorithm>

#include "autograd/kernels/gemm.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// The last two dims of x as BLAS can take them: rows (or columns, for a transposed matrix) in one piece
/// each, at a fixed distance. A dim of size 1 has no stride to speak of.
struct Layout {
  bool fits = false;
  std::int64_t leading = 0;
};
inline Layout layout(std::int64_t rows, std::int64_t row_stride, std::int64_t columns,
                     std::int64_t column_stride) {
  const std::int64_t least = std::max<std::int64_t>(1, columns);
  const std::int64_t leading = rows <= 1 ? least : row_stride;
  return {(columns <= 1 || column_stride == 1) && leading >= least, leading};
}
inline Layout by_rows(const Tensor& x) {
  const int row = x.dim() - 2, column = x.dim() - 1;
  return layout(x.shape()[row], x.strides()[row], x.shape()[column], x.strides()[column]);
}
inline Layout by_columns(const Tensor& x) {
  const int row = x.dim() - 2, column = x.dim() - 1;
  return layout(x.shape()[column], x.strides()[column], x.shape()[row], x.strides()[row]);
}

/// x itself where BLAS can take it, else a copy of it.
class Straight {
 public:
  explicit Straight(const Tensor& x) : given_(x) {
    if (!by_rows(x).fits && !by_columns(x).fits) copy_ = x.contiguous();
  }
  operator const Tensor&() const { return copy_.defined() ? copy_ : given_; }  // NOLINT: what it stands for

 private:
  const Tensor& given_;
  Tensor copy_;
};

/// Matrix number `batch` of a straight tensor of two or three dims.
template <class T>
Matrix<T> matrix(const Tensor& x, std::int64_t batch = 0) {
  const auto* data = reinterpret_cast<const T*>(x.raw()) + (x.dim() > 2 ? batch * x.strides()[0] : 0);
  const Layout rows = by_rows(x);
  return rows.fits ? Matrix<T>{data, rows.leading, false} : Matrix<T>{data, by_columns(x).leading, true};
}

}  // namespace xtape::kernels
