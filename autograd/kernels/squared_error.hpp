// Sums of squared differences and their gradient, each in one pass. They run unrecorded, on contiguous floats
// of one shape and dtype.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// sum((x - y)^2) / divisor, 0-d.
Tensor squared_error(const Tensor& x, const Tensor& y, double divisor);
/// scale (x - y)
Tensor scaled_difference(const Tensor& x, const Tensor& y, double scale);

}  // namespace xtape::kernels
