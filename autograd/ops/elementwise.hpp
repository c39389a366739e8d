// Functions of one tensor, element by element. Integer inputs are computed in float32, except where noted.
#pragma once

#include <string_view>

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

Tensor relu(const Tensor& x);  ///< max(x, 0); keeps integers; gradient 0 at 0; NaN stays
// The other activations take floating point only.
Tensor leaky_relu(const Tensor& x, double negative_slope = 0.01);
Tensor elu(const Tensor& x, double alpha = 1.0);  ///< x for x > 0, else alpha (e^x - 1)
Tensor silu(const Tensor& x);                     ///< x sigmoid(x)
Tensor softplus(const Tensor& x, double beta = 1.0, double threshold = 20.0);  ///< log(1 + e^(beta x)) / beta
/// approximate "none": x Phi(x) by erf; "tanh": 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
Tensor gelu(const Tensor& x, std::string_view approximate = "none");

}  // namespace xtape
