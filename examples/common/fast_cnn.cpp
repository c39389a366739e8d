// Apart from the other models, as it asks for the library's linear algebra.
#include "fast_cnn.hpp"

#include <algorithm>

namespace examples {

using namespace xtape;

namespace {

/// What a net says of images; in evaluation the mean over each image, moved by a pixel too, and their mirror
/// images.
struct SeveralViews : nn::Module {
  explicit SeveralViews(const nn::Sequential& model) : net(register_module("net", model)) {}

  Tensor forward(const Tensor& x) override {
    if (is_training()) return net(x);
    const Tensor wide = pad(x, {1, 1, 1, 1}, {.mode = "reflect"});
    const auto moved = [&](std::int64_t by) {
      return mirrored(wide.narrow(2, by, x.size(2)).narrow(3, by, x.size(3)));
    };
    return mirrored(x) / 2 + (moved(0) + moved(2)) / 4;
  }
  Tensor mirrored(const Tensor& x) { return (net(x) + net(flip(x, {3}))) / 2; }

  nn::Sequential net;
};

/// 3 x 3; the first filters begin by handing on a channel as it is.
nn::Conv2d convolution(std::int64_t in, std::int64_t out) {
  nn::Conv2d conv(in, out, 3, {.padding = 1, .bias = false});
  const NoGradGuard no_grad;
  for (std::int64_t i = 0; i < std::min(in, out); ++i) {
    conv.weight()[i].zero_();
    conv.weight()[i][i][1][1].fill_(1.0);
  }
  return conv;
}

/// 24 filters of 2 x 2: the directions in which the patches of `images` vary, each scaled to variance 1, and
/// their opposites, since a relu follows.
nn::Conv2d whitening(const Tensor& images) {
  const Tensor patches = unfold(images, 2).transpose(1, 2).reshape({-1, 12});
  const Tensor centred = patches - patches.mean(0, true);
  const auto [variances, directions] = linalg::eigh(matmul(centred.t(), centred) / patches.size(0));
  const Tensor filters = directions.t() / sqrt(variances + 5e-4).unsqueeze(1);
  nn::Conv2d conv(3, 24, 2, {.bias = false});
  conv.set_weight(cat({filters, -filters}).reshape({24, 3, 2, 2}));
  conv.weight().requires_grad_(false);
  return conv;
}

}  // namespace

nn::Sequential fast_cnn(const Tensor& images, std::int64_t classes) {
  nn::Sequential net{whitening(images), nn::ReLU()};
  std::int64_t channels = 24;
  for (const std::int64_t width : {32, 128, 128}) {
    net.push_back(convolution(channels, width));
    net.push_back(nn::MaxPool2d(2));
    net.push_back(nn::BatchNorm2d(width));
    net.push_back(nn::SiLU());
    net.push_back(convolution(width, width));
    net.push_back(nn::BatchNorm2d(width));
    net.push_back(nn::SiLU());
    channels = width;
  }
  net.push_back(nn::MaxPool2d(3));
  net.push_back(nn::Flatten());
  net.push_back(nn::Linear(channels, classes, {.bias = false}));
  net.push_back(nn::Functional([](const Tensor& x) { return x / 9; }));  // batch norm's numbers are large
  return nn::Sequential{SeveralViews(net)};
}

}  // namespace examples
