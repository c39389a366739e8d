// The checks of an index for each element, and the source that it covers.
#include "autograd/ops/detail/scatter_source.hpp"

#include "autograd/kernels/index.hpp"
#include "autograd/kernels/scatter.hpp"

namespace xtape::detail {

namespace {

/// Whether index fits into `shape` in all dims but `dim`.
bool fits_inside(const Shape& index, const Shape& shape, int dim) {
  if (index.size() != shape.size()) return false;
  for (int d = 0; d < index.size(); ++d) {
    if (d != dim && index[d] > shape[d]) return false;
  }
  return true;
}

}  // namespace

void check_scatter_index(const Tensor& index, const Shape& shape, int dim, const char* op) {
  check(fits_inside(index.shape(), shape, dim),
        "{}: an index of shape {} does not fit inside {} beside dim {}", op, index.shape(), shape, dim);
  kernels::check_indices(index, shape.empty() ? 1 : shape[dim], dim, kernels::Negative::refused, op);
}

void scatter_into(kernels::Scatter kind, const Tensor& y, std::int64_t dim, const Tensor& index,
                  const Tensor& v, const char* op) {
  const int at = wrap_dim(dim, y.shape().size(), op);
  check(v.shape() == index.shape(), "{}: a source of shape {} does not cover the index of shape {}", op,
        v.shape(), index.shape());
  if (index.numel() == 0) return;
  check_scatter_index(index, y.shape(), at, op);
  kernels::scatter(kind, y, at, index, v);
}

Tensor covered(const Tensor& x, const Tensor& index, const Tensor& src, const char* op) {
  check(x.dtype() == src.dtype(), "{}: the source is {} and the tensor {}; convert one of them", op,
        src.dtype(), x.dtype());
  if (index.numel() == 0) return reshape(narrow(reshape(src, {-1}), 0, 0, 0), index.shape());
  Tensor used = src;
  for (int d = 0; d < index.shape().size() && src.dim() == index.dim(); ++d) {
    if (index.shape()[d] < used.shape()[d]) used = narrow(used, d, 0, index.shape()[d]);
  }
  return used;
}

Tensor covered(const Tensor& x, const Tensor& index, Scalar value, const char* op) {
  check_holds(x.dtype(), value, op);
  return full({}, value, {.dtype = x.dtype()}).expand(index.shape());
}

}  // namespace xtape::detail
