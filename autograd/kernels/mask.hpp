// Elements where a bool mask is true, in row-major order. Tensors are contiguous, masks of the tensor's
// shape.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// How many elements of the mask are true.
std::int64_t count_true(const Tensor& mask);

/// The elements of x where the mask is true.
Tensor masked_select(const Tensor& x, const Tensor& mask);
/// The row-major numbers of the places where it is true: int64.
Tensor true_places(const Tensor& mask);
/// The same as indices: {count, dims}.
Tensor nonzero(const Tensor& mask);

/// Zeros with the elements of v, as many as count_true, where the mask is true.
Tensor masked_embed(const Tensor& v, const Tensor& mask);
/// y = value, a tensor of one element, where the mask is true.
void masked_fill(const Tensor& y, const Tensor& mask, const Tensor& value);

}  // namespace xtape::kernels
