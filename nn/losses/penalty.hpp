// Terms for the size of the weights, which are added to a loss.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

class ModuleBase;

/// 0.5 reg sum(W^2) over the parameters of two or more dims: weights, not biases.
Tensor l2_penalty(const ModuleBase& module, double reg);

}  // namespace xtape::nn

namespace xtape {

using nn::l2_penalty;  // beside nn::, as the losses

}  // namespace xtape
