// The convolutional nets with libtorch's layers: relu over what the layer before it wrote, InferenceMode.
#include "benchmarks/libtorch_images.hpp"

#include <cstdlib>
#include <memory>
#include <vector>

#include "benchmarks/harness/image_nets.hpp"
#include "benchmarks/libtorch_tensors.hpp"

namespace {

namespace nn = torch::nn;
using bench::ImageLayer;
using bench::LayerKind;

struct ResidualBlockImpl : nn::Module {
  ResidualBlockImpl(const nn::Sequential& layers, const ImageLayer& add)
      : inside(register_module("inside", layers)), stride(add.stride), added(add.out - add.in) {}

  torch::Tensor forward(const torch::Tensor& x) {
    torch::Tensor y = inside->forward(x);
    return torch::relu_(y.add_(added == 0 ? x : shortcut(x)));
  }

  torch::Tensor shortcut(const torch::Tensor& x) const {
    using torch::indexing::None;
    using torch::indexing::Slice;
    const torch::Tensor smaller =
        x.index({Slice(), Slice(), Slice(None, None, stride), Slice(None, None, stride)});
    return torch::constant_pad_nd(smaller, {0, 0, 0, 0, added / 2, added / 2});
  }

  nn::Sequential inside;
  std::int64_t stride, added;
};
TORCH_MODULE(ResidualBlock);

nn::Conv2d make_conv(const ImageLayer& layer) {
  return nn::Conv2d(nn::Conv2dOptions(layer.in, layer.out, layer.kernel)
                        .stride(layer.stride)
                        .padding(layer.padding)
                        .groups(layer.groups)
                        .bias(layer.bias));
}

/// The layers from `at` on, up to the end or an `add`, on which `at` then stands.
nn::Sequential layers_from(const std::vector<ImageLayer>& layers, std::size_t& at) {
  nn::Sequential net;
  for (; at < layers.size(); ++at) {
    const ImageLayer& layer = layers[at];
    switch (layer.kind) {
      case LayerKind::conv: net->push_back(make_conv(layer)); break;
      case LayerKind::batch_norm: net->push_back(nn::BatchNorm2d(layer.out)); break;
      case LayerKind::relu: net->push_back(nn::ReLU(nn::ReLUOptions(true))); break;
      case LayerKind::max_pool: net->push_back(nn::MaxPool2d(nn::MaxPool2dOptions(layer.kernel))); break;
      case LayerKind::average: net->push_back(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions(1))); break;
      case LayerKind::flatten: net->push_back(nn::Flatten()); break;
      case LayerKind::linear: net->push_back(nn::Linear(layer.in, layer.out)); break;
      case LayerKind::add: return net;
      case LayerKind::keep: {
        const nn::Sequential inside = layers_from(layers, ++at);
        net->push_back(ResidualBlock(inside, layers[at]));
        ++at;  // the block has its relu
        break;
      }
    }
  }
  return net;
}

void set_initial_values(const bench::ImageNet& net, nn::Sequential& modules) {
  const torch::NoGradGuard no_grad;
  const std::vector<torch::Tensor> parameters = modules->parameters();
  std::size_t next = 0;
  int weights = 0;
  for (const ImageLayer& layer : net.layers) {
    if (layer.kind == LayerKind::batch_norm) {
      torch::Tensor(parameters[next++]).fill_(1);
      torch::Tensor(parameters[next++]).zero_();
    }
    if (!layer.has_weight()) continue;
    torch::Tensor weight = parameters[next++];
    weight.copy_(floats(bench::ImageNet::weight(layer, weights++), weight.sizes()));
    if (layer.bias) torch::Tensor(parameters[next++]).zero_();
  }
}

bool channels_last() { return std::getenv("LIBTORCH_CHANNELS_LAST") != nullptr; }

nn::Sequential make_net(const bench::ImageNet& net) {
  std::size_t at = 0;
  nn::Sequential modules = layers_from(net.layers, at);
  set_initial_values(net, modules);
  if (channels_last()) {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : modules->parameters())
      if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
  }
  return modules;
}

torch::Tensor images(const bench::ImageNet& net) {
  const torch::Tensor x = floats(net.x(), {net.batch, net.image.channels, net.image.side, net.image.side});
  return channels_last() ? x.contiguous(torch::MemoryFormat::ChannelsLast) : x;
}

void run_training(const bench::Measurement& measurement, const std::string& peer,
                  const bench::ImageNet& spec) {
  nn::Sequential net = make_net(spec);
  torch::optim::SGD optimizer(net->parameters(), torch::optim::SGDOptions(spec.lr));
  const torch::Tensor x = images(spec), y = labels(spec.y());
  torch::Tensor loss;
  const auto step = [&] {
    optimizer.zero_grad();
    loss = nn::functional::cross_entropy(net->forward(x), y);
    loss.backward();
    optimizer.step();
  };
  const auto restart = [&] { set_initial_values(spec, net); };
  measurement.run(
      spec.name, peer, step, [&] { return loss.item<double>(); }, restart);
}

void run_inference(const bench::Measurement& measurement, const std::string& peer,
                   const bench::ImageNet& spec) {
  nn::Sequential net = make_net(spec);
  net->eval();
  const c10::InferenceMode inference;
  const torch::Tensor x = images(spec);
  torch::Tensor out;
  measurement.run(
      spec.name, peer, [&] { out = net->forward(x); }, [&] { return out.abs().sum().item<double>(); });
}

}  // namespace

void run_image_nets(const bench::Measurement& measurement, const std::string& peer) {
  for (const bench::ImageNet& net : bench::image_trainings())
    if (measurement.wants(net.name)) run_training(measurement, peer, net);
  for (const bench::ImageNet& net : bench::image_inferences())
    if (measurement.wants(net.name)) run_inference(measurement, peer, net);
}
