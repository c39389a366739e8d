// The forward functions and printed options of the smooth activation modules.
#include "nn/layers/smooth_activation.hpp"

#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

Tensor LogSigmoid::forward(const Tensor& x) { return logsigmoid(x); }
Tensor Softsign::forward(const Tensor& x) { return softsign(x); }

Tensor CELU::forward(const Tensor& x) { return celu(x, options_); }
std::string CELU::extra_repr() const {
  return "alpha=" + python_repr(options_.alpha) + inplace_text(options_.inplace);
}

Tensor GLU::forward(const Tensor& x) { return glu(x, options_.dim); }
std::string GLU::extra_repr() const { return fmt::format("dim={}", options_.dim); }

}  // namespace xtape::nn
