// A multiple of one tensor added to another.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// y += a x, for contiguous tensors of floats of one shape and dtype.
void add_scaled(const Tensor& y, const Tensor& x, double a);

}  // namespace xtape::kernels
