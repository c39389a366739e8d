// From the enumeration of activations to the modules, with their types.
#pragma once

#include "nn/layers/activation.hpp"

namespace xtape::nn::detail {

/// f(module of that activation, with its default options)
template <class F>
void with_activation(Activation activation, const F& f) {
  switch (activation) {
    case Activation::identity: return f(Identity());
    case Activation::relu: return f(ReLU());
    case Activation::leaky_relu: return f(LeakyReLU());
    case Activation::elu: return f(ELU());
    case Activation::gelu: return f(GELU());
    case Activation::silu: return f(SiLU());
    case Activation::sigmoid: return f(Sigmoid());
    case Activation::tanh: return f(Tanh());
    case Activation::softplus: return f(Softplus());
  }
  throw Error("make_activation: no such activation");
}

}  // namespace xtape::nn::detail
