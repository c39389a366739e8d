// Convolutional nets as lists of layers, from which each program builds its own. C++17, and knows no library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// `keep` remembers the tensor that comes in, and the next `add` adds it: what stands between them is the
/// inside of a residual block.
enum class LayerKind { conv, batch_norm, relu, max_pool, keep, add, average, flatten, linear };

/// Kernels, strides and paddings are the same along both axes.
struct ImageLayer {
  LayerKind kind;
  int in = 0, out = 0;  ///< channels; features of a linear layer
  int kernel = 1, stride = 1, padding = 0, groups = 1;
  bool bias = true;

  bool has_weight() const { return kind == LayerKind::conv || kind == LayerKind::linear; }
  /// What a number of the output is a sum of.
  int terms() const { return in / groups * kernel * kernel; }
};

/// What each image is on its way: square planes. A linear layer's features are planes of one pixel.
struct Planes {
  int channels = 0, side = 0;

  int pixels() const { return side * side; }
  int size() const { return channels * pixels(); }
};

/// A training step is forward, the mean cross-entropy, backward, SGD without momentum, gradients reset.
/// Biases start from 0, the weights of batch norms from 1.
struct ImageNet {
  std::string name;
  Planes image;
  int batch = 0;
  float lr = 0;
  std::vector<ImageLayer> layers;

  /// What `layer` makes of `in`.
  static Planes output(const ImageLayer& layer, Planes in);
  /// The numbers of {batch, channels, side, side}.
  std::vector<float> x() const;
  std::vector<std::int64_t> y() const;
  /// Of the layer that is `index`th of those with a weight: {out, in / groups, kernel, kernel} or {out, in}.
  static std::vector<float> weight(const ImageLayer& layer, int index);
};

constexpr int kClasses = 10;

/// W9lenet, W10cnn, W11resnet20, W12vgg, W13separable.
std::vector<ImageNet> image_trainings();
/// The first four of these without training, on one image (W14lenet1) and on 64 (W14lenet64).
std::vector<ImageNet> image_inferences();

}  // namespace bench
