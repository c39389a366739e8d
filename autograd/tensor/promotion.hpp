// The dtype of a result, by PyTorch's rules: tensors with dims outrank 0-d tensors, which outrank C++
// numbers, unless the lower rank is of a higher category (bool < integer < floating point).
#pragma once

#include "autograd/base/dtype.hpp"
#include "autograd/base/scalar.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

/// The smallest dtype that both convert to: promote_types(kInt64, kFloat32) is float32.
constexpr DType promote_types(DType a, DType b) { return detail::promote(a, b); }

/// Whether a result of dtype `from` may be written into a tensor of dtype `to`: not from floats to integers,
/// nor from anything else to bool. The values may still be too large.
constexpr bool can_cast(DType from, DType to) {
  if (is_floating(from) && !is_floating(to)) return false;
  return from == kBool || to != kBool;
}

/// The dtype of a + b.
inline DType result_type(const Tensor& a, const Tensor& b) {
  if (a.dtype() == b.dtype()) return a.dtype();
  if ((a.dim() == 0) == (b.dim() == 0)) return promote_types(a.dtype(), b.dtype());
  const DType with_dims = a.dim() ? a.dtype() : b.dtype(), without = a.dim() ? b.dtype() : a.dtype();
  return detail::category_of(without) > detail::category_of(with_dims) ? without : with_dims;
}
inline DType result_type(const Tensor& a, Scalar b) {
  return detail::category_of(b.dtype()) > detail::category_of(a.dtype()) ? b.dtype() : a.dtype();
}
inline DType result_type(Scalar a, const Tensor& b) { return result_type(b, a); }
/// Of two numbers: bool, int64 or float32.
constexpr DType result_type(Scalar a, Scalar b) { return promote_types(a.dtype(), b.dtype()); }

}  // namespace xtape
