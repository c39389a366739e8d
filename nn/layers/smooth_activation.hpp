// The smooth activation functions beyond those of activation.hpp, and GLU, as modules.
#pragma once

#include "nn/module/module.hpp"

namespace xtape::nn {

using xtape::CELUOptions;
using xtape::GLUOptions;

/// y = x tanh(log(1 + e^x))
struct Mish : Module {
  Tensor forward(const Tensor& x) override;
};

/// y = scale elu(x, alpha), with the constants of self-normalising nets
struct SELU : Module {
  Tensor forward(const Tensor& x) override;
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
  explicit CELU(double alpha) : options_{alpha} {}
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
