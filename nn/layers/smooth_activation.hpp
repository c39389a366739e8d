// The smooth activation functions beyond those of activation.hpp, and GLU, as modules.
#pragma once

#include "nn/layers/activation.hpp"

namespace xtape::nn {

using SELUOptions = InplaceOptions;
using xtape::CELUOptions;
using xtape::GLUOptions;

/// y = x tanh(log(1 + e^x))
struct Mish : InplaceActivation<mish, mish_> {
  using InplaceActivation::InplaceActivation;
};

/// y = scale elu(x, alpha), with the constants of self-normalising nets
struct SELU : InplaceActivation<selu, selu_> {
  using InplaceActivation::InplaceActivation;
};

/// y = -log(1 + e^-x)
struct LogSigmoid : Module {
  Tensor forward(const Tensor& x) override;
};

/// y = x / (1 + |x|)
struct Softsign : Module {
  Tensor forward(const Tensor& x) override;
};

/// y = x for x > 0, else alpha (e^(x / alpha) - 1)
class CELU : public Module {
 public:
  explicit CELU(const CELUOptions& options = {}) : options_(options) {}
  explicit CELU(double alpha, bool inplace = false) : options_{alpha, inplace} {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  CELUOptions options_;
};

/// y = a sigmoid(b), for x = (a, b) halved along dim
class GLU : public Module {
 public:
  explicit GLU(const GLUOptions& options = {}) : options_(options) {}
  explicit GLU(std::int64_t dim) : options_{dim} {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  GLUOptions options_;
};

}  // namespace xtape::nn
