// Activation functions. All but relu take floating point only.
#pragma once

#include <string_view>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor relu(const Tensor& x);  ///< max(x, 0); keeps integers; gradient 0 at 0; NaN stays
Tensor leaky_relu(const Tensor& x, double negative_slope = 0.01);
Tensor elu(const Tensor& x, double alpha = 1.0);  ///< x for x > 0, else alpha (e^x - 1)
Tensor silu(const Tensor& x);                     ///< x sigmoid(x)
Tensor softplus(const Tensor& x, double beta = 1.0, double threshold = 20.0);  ///< log(1 + e^(beta x)) / beta
/// approximate "none": x Phi(x) by erf; "tanh": 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
Tensor gelu(const Tensor& x, std::string_view approximate = "none");

struct LeakyReLUOptions {
  double negative_slope = 0.01;
  bool inplace = false;  ///< whether x is written over, as by leaky_relu_
};
struct ELUOptions {
  double alpha = 1;
  bool inplace = false;
};
struct SoftplusOptions {
  double beta = 1;
  double threshold = 20;
};
struct GELUOptions {
  std::string_view approximate = "none";  ///< or "tanh"
};
Tensor leaky_relu(const Tensor& x, const LeakyReLUOptions& options);
Tensor elu(const Tensor& x, const ELUOptions& options);
Tensor softplus(const Tensor& x, const SoftplusOptions& options);
Tensor gelu(const Tensor& x, const GELUOptions& options);

}  // namespace xtape
