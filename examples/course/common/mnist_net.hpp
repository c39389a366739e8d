// The net and the images of the Keras notebook on MNIST.
#pragma once

#include <xtape/xtape.hpp>

namespace course {

struct MnistNetOptions {
  std::int64_t units = 512;
  double dropout = 0.2;
  xtape::nn::Activation activation = xtape::nn::Activation::relu;
};

/// 784, three hidden layers of `units` with dropout behind each, 10; initial values as Keras' Dense has them:
/// Glorot's uniform weights, zero biases.
xtape::nn::MLP mnist_net(const MnistNetOptions& options);

/// Rows of pixels in [0, 1] with the digits as labels; only the first `count` where it is not negative.
xtape::datasets::TensorDataset digits(const xtape::datasets::MNIST& mnist, std::int64_t count = -1);

}  // namespace course
