// Penalties of the weights of a module.
#include "nn/losses/penalty.hpp"

#include "nn/module/module_base.hpp"

namespace xtape::nn {

Tensor l2_penalty(const ModuleBase& module, double reg) {
  Tensor total;
  for (const Tensor& parameter : module.parameters()) {
    if (parameter.dim() < 2) continue;
    const Tensor squares = sum_squares(parameter);
    total = total.defined() ? total + squares : squares;
  }
  return total.defined() ? 0.5 * reg * total : tensor(0.0);
}

}  // namespace xtape::nn
