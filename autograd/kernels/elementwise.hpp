// Elementwise kernels on whole tensors, with broadcasting. They run unrecorded; ops/ turns them into ops. An
// Operand that may be overwritten is: the result stands in its buffer.
#pragma once

#include "autograd/kernels/simd/table.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// y = f(x) for a contiguous x. neg, abs, sign, square and relu take every dtype but bool; the rest floats
/// only.
Tensor unary(Unary kind, op::Operand x, double a = 0, double b = 0);

/// a op b with broadcasting; any strides; both of one dtype. div, pow (negative exponents) of integers are
/// the caller's to refuse.
Tensor binary(Binary kind, op::Operand a, op::Operand b);
/// x op number, or number op x; any strides. The number is taken as x's dtype.
Tensor binary(Binary kind, op::Operand x, Scalar number);
Tensor binary(Binary kind, Scalar number, op::Operand x);
/// out = out op b for an out of any strides that do not overlap; b of the same dtype broadcasts to it.
void binary_into(Binary kind, const Tensor& out, const Tensor& b);

/// Fills a contiguous tensor.
void fill(const Tensor& x, Scalar value);

}  // namespace xtape::kernels
