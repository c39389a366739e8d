// gradcheck of a module: every parameter's gradient against central differences.
#pragma once

#include <functional>

#include "autograd/check/gradcheck.hpp"
#include "nn/module/module.hpp"

namespace xtape {

/// loss(model(x), target) -> 0-d
using LossFunction = std::function<Tensor(const Tensor& output, const Tensor& target)>;

/// Checks the gradient of loss(model(x), target) with respect to every parameter that requires one; a message
/// names the parameter. The check runs in float64; the model has its own dtypes, values and gradients back
/// afterwards. x and a floating-point target are converted. Throws for a model that is not deterministic
/// (dropout in training).
GradcheckResult gradcheck(nn::Module& model, const Tensor& x, const Tensor& target,
                          const LossFunction& loss_function, const GradcheckOptions& options = {});

/// As above with one of the library's losses and its default options: gradcheck(model, x, labels,
/// nn::cross_entropy).
template <class Options>
GradcheckResult gradcheck(nn::Module& model, const Tensor& x, const Tensor& target,
                          Tensor (*loss)(const Tensor&, const Tensor&, const Options&),
                          const GradcheckOptions& options = {}) {
  const LossFunction with_defaults = [loss](const Tensor& a, const Tensor& b) {
    return loss(a, b, Options{});
  };
  return gradcheck(model, x, target, with_defaults, options);
}

}  // namespace xtape
