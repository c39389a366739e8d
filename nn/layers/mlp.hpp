// MLP: a Sequential of fully connected layers, made from their sizes.
#pragma once

#include "autograd/base/lists.hpp"
#include "nn/layers/activation.hpp"
#include "nn/module/sequential.hpp"

namespace xtape::nn {

struct MLPOptions {
  Activation activation = Activation::relu;
  double dropout = 0;  ///< behind each activation; 0 leaves the layers out
  bool bias = true;
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for initial values and dropout; the default generator where null
};

/// From the sizes of input, hidden layers and output: per hidden layer Linear, activation and, with dropout,
/// Dropout; a bare Linear last. Its parameters are named as a Sequential's: MLP({784, 512, 10}) has
/// "0.weight", "0.bias", "2.weight" and "2.bias".
class MLP : public Sequential {
 public:
  explicit MLP(const xtape::detail::Integers& sizes, const MLPOptions& options = {});
};

}  // namespace xtape::nn
