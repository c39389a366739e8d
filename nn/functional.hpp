// The ops that PyTorch has in torch.nn.functional, spelt nn::relu(x) as well as relu(x).
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

using xtape::dropout;
using xtape::elu;
using xtape::gelu;
using xtape::leaky_relu;
using xtape::linear;
using xtape::log_softmax;
using xtape::one_hot;
using xtape::pad;
using xtape::relu;
using xtape::sigmoid;
using xtape::silu;
using xtape::softmax;
using xtape::softplus;
using xtape::tanh;

}  // namespace xtape::nn
