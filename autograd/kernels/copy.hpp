// Copying between tensors of any strides and dtypes: what clone, cast, cat, flip and pad are made of.
#pragma once

#include "autograd/base/scalar.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// to = from, converted to to's dtype, elementwise. Both have the same shape, any strides (0 in `from`
/// repeats an element, negative ones run backwards). The two do not overlap, unless they are the same
/// elements.
void copy(const Tensor& from, const Tensor& to);

/// Whether the two are the same elements in the same order, of which nothing is copied.
bool are_same_elements(const Tensor& a, const Tensor& b);

/// A new contiguous tensor with the elements of x in `dtype`.
Tensor converted(const Tensor& x, DType dtype);
/// x itself where it is contiguous, else a copy that is.
Tensor contiguous(const Tensor& x);

}  // namespace xtape::kernels
