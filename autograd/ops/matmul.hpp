// Products: matmul and what is spelt with it. Transposed operands become flags of the product, never copies.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// 1-d, 2-d or batched with broadcasting, as in PyTorch: {n} x {n} gives 0-d, {m, k} x {k, n} gives {m, n}.
/// Both of one dtype, not bool.
Tensor matmul(const Tensor& a, const Tensor& b);
Tensor mm(const Tensor& a, const Tensor& b);     ///< 2-d by 2-d
Tensor bmm(const Tensor& a, const Tensor& b);    ///< {b, m, k} x {b, k, n}
Tensor dot(const Tensor& a, const Tensor& b);    ///< 1-d by 1-d
Tensor outer(const Tensor& a, const Tensor& b);  ///< {m} x {n} gives {m, n}

/// x W^T + b: x {..., in}, weight {out, in}, bias {out}.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
Tensor linear(const Tensor& x, const Tensor& weight);  ///< also of a weight {in}, which gives {...}
/// x + bias, the bias {n} added to every row of x {..., n}.
Tensor add_bias(const Tensor& x, const Tensor& bias);

}  // namespace xtape
