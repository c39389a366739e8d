// The sum of squared differences, the part of nn::mse_loss that is an op.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// sum((x - y)^2) / divisor, 0-d, in one pass; x and y are floats of one shape and dtype.
/// dx = 2 g (x - y) / divisor, dy = -dx
Tensor squared_error(const Tensor& x, const Tensor& y, double divisor = 1);

}  // namespace xtape
