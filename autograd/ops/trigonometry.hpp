// Trigonometric and hyperbolic functions and their inverses; sin, cos and tanh stand in elementwise.hpp.
// Integers are computed in float32, except where noted.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor tan(const Tensor& x);
Tensor asin(const Tensor& x);
Tensor acos(const Tensor& x);
Tensor atan(const Tensor& x);
Tensor sinh(const Tensor& x);
Tensor cosh(const Tensor& x);
Tensor asinh(const Tensor& x);
Tensor acosh(const Tensor& x);
Tensor atanh(const Tensor& x);
Tensor sinc(const Tensor& x);  ///< sin(pi x) / (pi x), and 1 at 0

/// The angle of the point (x = b, y = a), in [-pi, pi].
Tensor atan2(const Tensor& a, const Tensor& b);
/// sqrt(a^2 + b^2) without overflow on the way; floating point only.
Tensor hypot(const Tensor& a, const Tensor& b);

}  // namespace xtape
