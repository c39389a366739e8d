// The nets: what stands where, and nothing else.
#include "benchmarks/harness/image_nets.hpp"

#include <cmath>

#include "benchmarks/harness/workloads.hpp"

namespace bench {

namespace {

using Layers = std::vector<ImageLayer>;

ImageLayer plain(LayerKind kind) { return {kind}; }

ImageLayer conv(int in, int out, int kernel, int padding = 0) {
  return {LayerKind::conv, in, out, kernel, 1, padding, 1, true};
}

/// Without bias, since a batch norm comes behind it.
ImageLayer conv_before_norm(int in, int out, int kernel, int stride = 1, int groups = 1) {
  return {LayerKind::conv, in, out, kernel, stride, kernel / 2, groups, false};
}

ImageLayer batch_norm(int channels) { return {LayerKind::batch_norm, channels, channels}; }
ImageLayer max_pool() { return {LayerKind::max_pool, 0, 0, 2, 2}; }
ImageLayer linear(int in, int out) { return {LayerKind::linear, in, out}; }

void add_normed(Layers& layers, const ImageLayer& conv) {
  layers.insert(layers.end(), {conv, batch_norm(conv.out), plain(LayerKind::relu)});
}

/// Yann LeCun and others, "Gradient-based learning applied to document recognition", 1998, with relu and
/// maxima.
Layers lenet() {
  const ImageLayer relu = plain(LayerKind::relu);
  return {conv(1, 6, 5, 2),
          relu,
          max_pool(),
          conv(6, 16, 5),
          relu,
          max_pool(),
          plain(LayerKind::flatten),
          linear(400, 120),
          relu,
          linear(120, 84),
          relu,
          linear(84, kClasses)};
}

Layers cnn() {
  const ImageLayer relu = plain(LayerKind::relu);
  return {conv(1, 32, 3),    relu, conv(32, 64, 3),      relu, max_pool(), plain(LayerKind::flatten),
          linear(9216, 128), relu, linear(128, kClasses)};
}

/// A shortcut that changes size skips pixels and adds channels of zeros, half of them in front.
void add_residual_block(Layers& layers, int in, int out) {
  const int stride = in == out ? 1 : 2;
  layers.push_back(plain(LayerKind::keep));
  add_normed(layers, conv_before_norm(in, out, 3, stride));
  layers.insert(layers.end(), {conv_before_norm(out, out, 3),
                               batch_norm(out),
                               {LayerKind::add, in, out, 1, stride},
                               plain(LayerKind::relu)});
}

/// Kaiming He and others, "Deep residual learning for image recognition", 2016, 4.2.
Layers resnet20() {
  Layers layers;
  add_normed(layers, conv_before_norm(3, 16, 3));
  int channels = 16;
  for (const int stage : {16, 32, 64}) {
    for (int block = 0; block < 3; ++block) {
      add_residual_block(layers, channels, stage);
      channels = stage;
    }
  }
  layers.insert(layers.end(), {plain(LayerKind::average), plain(LayerKind::flatten), linear(64, kClasses)});
  return layers;
}

Layers vgg() {
  Layers layers;
  int channels = 3;
  for (const int stage : {32, 64}) {
    for (int i = 0; i < 2; ++i) {
      add_normed(layers, conv_before_norm(channels, stage, 3));
      channels = stage;
    }
    layers.push_back(max_pool());
  }
  layers.insert(layers.end(), {plain(LayerKind::flatten), linear(4096, kClasses)});
  return layers;
}

/// Andrew Howard and others, "MobileNets", 2017: a filter for each channel, and then one pixel of all.
Layers separable() {
  Layers layers;
  add_normed(layers, conv_before_norm(3, 32, 3));
  int channels = 32;
  for (const int out : {64, 128, 128, 256}) {
    const int stride = out > 64 && out > channels ? 2 : 1;
    add_normed(layers, conv_before_norm(channels, channels, 3, stride, channels));
    add_normed(layers, conv_before_norm(channels, out, 1));
    channels = out;
  }
  layers.insert(layers.end(), {plain(LayerKind::average), plain(LayerKind::flatten), linear(256, kClasses)});
  return layers;
}

}  // namespace

Planes ImageNet::output(const ImageLayer& layer, Planes in) {
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::max_pool: {
      const int channels = layer.kind == LayerKind::conv ? layer.out : in.channels;
      return {channels, (in.side + 2 * layer.padding - layer.kernel) / layer.stride + 1};
    }
    case LayerKind::average: return {in.channels, 1};
    case LayerKind::flatten: return {in.size(), 1};
    case LayerKind::linear: return {layer.out, 1};
    default: return in;
  }
}

std::vector<float> ImageNet::x() const {
  return uniform(kSeedX, std::size_t(batch) * std::size_t(image.size()), 1);
}

std::vector<std::int64_t> ImageNet::y() const { return labels(kSeedY, std::size_t(batch), kClasses); }

std::vector<float> ImageNet::weight(const ImageLayer& layer, int index) {
  const int terms = layer.terms();
  return uniform(kSeedWeight + std::uint32_t(index), std::size_t(layer.out) * std::size_t(terms),
                 1 / std::sqrt(float(terms)));
}

std::vector<ImageNet> image_trainings() {
  return {{"W9lenet", {1, 28}, 64, 0.1f, lenet()},
          {"W10cnn", {1, 28}, 64, 0.1f, cnn()},
          {"W11resnet20", {3, 32}, 128, 1e-3f, resnet20()},
          {"W12vgg", {3, 32}, 64, 3e-4f, vgg()},
          {"W13separable", {3, 32}, 64, 0.01f, separable()}};
}

std::vector<ImageNet> image_inferences() {
  std::vector<ImageNet> nets;
  for (const int batch : {1, 64}) {
    const std::string count = std::to_string(batch);
    nets.push_back({"W14lenet" + count, {1, 28}, batch, 0, lenet()});
    nets.push_back({"W14cnn" + count, {1, 28}, batch, 0, cnn()});
    nets.push_back({"W14resnet" + count, {3, 32}, batch, 0, resnet20()});
    nets.push_back({"W14vgg" + count, {3, 32}, batch, 0, vgg()});
  }
  return nets;
}

}  // namespace bench
