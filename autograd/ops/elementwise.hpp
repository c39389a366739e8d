// Functions of one tensor, element by element. Integer inputs are computed in float32, except where noted.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor log1p(const Tensor& x);
Tensor expm1(const Tensor& x);
Tensor sqrt(const Tensor& x);
Tensor rsqrt(const Tensor& x);       ///< 1 / sqrt(x)
Tensor square(const Tensor& x);      ///< x^2; keeps integers
Tensor reciprocal(const Tensor& x);  ///< 1 / x
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);  ///< 1 / (1 + e^-x)
Tensor erf(const Tensor& x);
Tensor abs(const Tensor& x);   ///< keeps integers; gradient sign(x), 0 at 0
Tensor sign(const Tensor& x);  ///< -1, 0 or 1; keeps integers; gradient 0

}  // namespace xtape
