// Each layer of the list is a module; what stands between `keep` and `add` becomes a residual block.
#include "benchmarks/image_modules.hpp"

#include <cstddef>

namespace bench {

using namespace xtape;

namespace {

struct ResidualBlock : nn::Module {
  ResidualBlock(const nn::Sequential& layers, const ImageLayer& add)
      : inside(register_module("inside", layers)), stride(add.stride), added(add.out - add.in) {}

  Tensor forward(const Tensor& x) override {
    const Tensor y = inside(x);
    return relu((added == 0 ? x : shortcut(x)) + y);
  }

  Tensor shortcut(const Tensor& x) const {
    const Tensor smaller = x.index({Slice(), Slice(), Slice(None, None, stride), Slice(None, None, stride)});
    return pad(smaller, {0, 0, 0, 0, added / 2, added / 2});
  }

  nn::Sequential inside;
  std::int64_t stride, added;
};

nn::Conv2d make_conv(const ImageLayer& layer) {
  return nn::Conv2d(
      layer.in, layer.out, layer.kernel,
      {.stride = layer.stride, .padding = layer.padding, .groups = layer.groups, .bias = layer.bias});
}

/// The layers from `at` on, up to the end or an `add`, on which `at` then stands.
nn::Sequential layers_from(const std::vector<ImageLayer>& layers, std::size_t& at) {
  nn::Sequential net;
  for (; at < layers.size(); ++at) {
    const ImageLayer& layer = layers[at];
    switch (layer.kind) {
      case LayerKind::conv: net.push_back(make_conv(layer)); break;
      case LayerKind::batch_norm: net.push_back(nn::BatchNorm2d(layer.out)); break;
      case LayerKind::relu: net.push_back(nn::ReLU()); break;
      case LayerKind::max_pool: net.push_back(nn::MaxPool2d(layer.kernel, layer.stride)); break;
      case LayerKind::average: net.push_back(nn::AdaptiveAvgPool2d(1)); break;
      case LayerKind::flatten: net.push_back(nn::Flatten()); break;
      case LayerKind::linear: net.push_back(nn::Linear(layer.in, layer.out)); break;
      case LayerKind::add: return net;
      case LayerKind::keep: {
        const nn::Sequential inside = layers_from(layers, ++at);
        net.push_back(ResidualBlock(inside, layers[at]));
        ++at;  // the block has its relu
        break;
      }
    }
  }
  return net;
}

void set_initial_values(const ImageNet& net, const nn::Sequential& modules) {
  const NoGradGuard no_grad;
  const std::vector<Tensor> parameters = modules.parameters();
  std::size_t next = 0;
  int weights = 0;
  for (const ImageLayer& layer : net.layers) {
    if (layer.kind == LayerKind::batch_norm) next += 2;
    if (!layer.has_weight()) continue;
    Tensor weight = parameters[next++];
    weight.copy_(from_vector(ImageNet::weight(layer, weights++), weight.shape()));
    if (layer.bias) Tensor(parameters[next++]).zero_();
  }
}

}  // namespace

nn::Sequential make_image_net(const ImageNet& net) {
  std::size_t at = 0;
  const nn::Sequential modules = layers_from(net.layers, at);
  set_initial_values(net, modules);
  return modules;
}

Tensor images(const ImageNet& net) {
  return from_vector(net.x(), {net.batch, net.image.channels, net.image.side, net.image.side});
}

Tensor image_labels(const ImageNet& net) { return from_vector(net.y(), {net.batch}); }

ImageTraining::ImageTraining(const ImageNet& net)
    : net_(make_image_net(net)),
      initial_(nn::clone(net_).state_dict()),
      optimizer_(net_.parameters(), {.lr = net.lr}),
      x_(images(net)),
      y_(image_labels(net)) {}

void ImageTraining::restart() { net_.load_state_dict(initial_); }

void ImageTraining::step() {
  optimizer_.zero_grad();
  loss_ = nn::cross_entropy(net_(x_), y_);
  loss_.backward();
  optimizer_.step();
}

}  // namespace bench
