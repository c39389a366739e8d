// Activation functions made of exponentials, and glu; relu, elu, gelu, silu and softplus stand in
// activation.hpp. They take floating point only, but for softsign.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor mish(const Tensor& x);  ///< x tanh(log(1 + e^x))
Tensor selu(
    const Tensor& x);  ///< scale elu(x, alpha), with the two constants that keep mean 0 and variance 1
Tensor celu(const Tensor& x, double alpha = 1.0);  ///< x for x > 0, else alpha (e^(x / alpha) - 1)
Tensor logsigmoid(const Tensor& x);                ///< -log(1 + e^-x), stable for all x
Tensor softsign(const Tensor& x);                  ///< x / (1 + |x|)
/// a sigmoid(b), for x = (a, b) halved along dim, whose size is even.
Tensor glu(const Tensor& x, Dim dim = -1);

struct CELUOptions {
  double alpha = 1;
  bool inplace = false;  ///< whether x is written over, as by celu_
};
struct GLUOptions {
  std::int64_t dim = -1;
};
Tensor celu(const Tensor& x, const CELUOptions& options);
Tensor glu(const Tensor& x, const GLUOptions& options);

}  // namespace xtape
