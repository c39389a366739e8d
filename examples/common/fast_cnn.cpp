// Apart from the other models, as it asks for the library's linear algebra.
#include "fast_cnn.hpp"

namespace examples {

using namespace xtape;

namespace {

nn::Conv2d conv3x3(std::int64_t in, std::int64_t out) {
  return nn::Conv2d(in, out, 3, {.padding = 1, .bias = false});
}

/// 24 filters of 2 x 2: the directions in which the patches of `images` vary, each scaled to variance 1, and
/// their opposites, since a relu follows.
nn::Conv2d whitening(const Tensor& images) {
  const Tensor patches = unfold(images, 2).transpose(1, 2).reshape({-1, 12});
  const Tensor centred = patches - patches.mean(0, true);
  const auto [variances, directions] = linalg::eigh(matmul(centred.t(), centred) / patches.size(0));
  const Tensor filters = directions.t() / sqrt(variances + 5e-4).unsqueeze(1);
  nn::Conv2d conv(3, 24, 2);
  conv.set_weight(cat({filters, -filters}).reshape({24, 3, 2, 2}));
  conv.weight().requires_grad_(false);
  return conv;
}

}  // namespace

nn::Sequential fast_cnn(const Tensor& images, std::int64_t classes) {
  nn::Sequential net{whitening(images), nn::ReLU()};
  std::int64_t channels = 24;
  for (const std::int64_t width : {32, 128, 128}) {
    net.push_back(conv3x3(channels, width));
    net.push_back(nn::MaxPool2d(2));
    net.push_back(nn::BatchNorm2d(width));
    net.push_back(nn::ReLU());
    net.push_back(conv3x3(width, width));
    net.push_back(nn::BatchNorm2d(width));
    net.push_back(nn::ReLU());
    channels = width;
  }
  net.push_back(nn::MaxPool2d(3));
  net.push_back(nn::Flatten());
  net.push_back(nn::Linear(channels, classes));
  return net;
}

}  // namespace examples
