// What stands around the error function; erf itself is in elementwise.hpp. Integers are computed in float32.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor erfc(const Tensor& x);    ///< 1 - erf x, exact where erf x is near 1
Tensor erfinv(const Tensor& x);  ///< the y with erf y = x, for x in [-1, 1]; NaN elsewhere

}  // namespace xtape
