// What ops do with mixed dtypes before they are recorded.
#pragma once

#include "autograd/graph/record.hpp"
#include "autograd/tensor/promotion.hpp"

namespace xtape {

/// `dtype`, or float32 for integers and bools: of functions of real numbers.
constexpr DType floating(DType dtype) { return is_floating(dtype) ? dtype : kFloat32; }

/// Throws where one of a - b is a bool tensor, as PyTorch does.
inline void check_difference(const Tensor& a, const Tensor& b, std::string_view op) {
  check(a.dtype() != kBool && b.dtype() != kBool,
        "{}: a difference of bool tensors is not defined; use logical_not for an inverted mask and != for "
        "exclusive or",
        op);
}

/// Throws in the op's name where the shapes do not fit.
template <class O>
void check_broadcast(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) broadcast_shapes(a.shape(), b.shape(), O::name.data());
}

/// Records an op of two tensors, both in the dtype that they promote to.
template <class O>
Tensor record_promoted(op::Operand a, op::Operand b) {
  check_broadcast<O>(a, b);
  if (a->dtype() == b->dtype()) return record(O{}, a, b);
  const DType dtype = result_type(a, b);
  return record(O{}, a->to(dtype), b->to(dtype));
}

/// The same of a function of real numbers; integers and bools are taken as float32.
template <class O>
Tensor record_promoted_floating(op::Operand a, op::Operand b) {
  const DType dtype = floating(result_type(a, b));
  check_broadcast<O>(a, b);
  if (a->dtype() == dtype && b->dtype() == dtype) return record(O{}, a, b);
  return record(O{}, a->to(dtype), b->to(dtype));
}

/// Records a function that is defined for floating-point tensors only.
template <op::Op O>
Tensor record_real(const O& op, const Tensor& x) {
  check_floating(x.dtype(), O::name);
  return record(op, x);
}

/// A number as the 0-d tensor that takes part in an op with x.
inline Tensor scalar_beside(const Tensor& x, Scalar number) {
  return detail::scalar_tensor(number, result_type(x, number));
}

/// Records a function of real numbers; integers and bools are taken as float32.
template <op::Op O>
Tensor record_floating(const O& op, const Tensor& x) {
  return x.is_floating_point() ? record(op, x) : record(op, x.to(kFloat32));
}

}  // namespace xtape
