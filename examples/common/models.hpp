// The models that the example programs train on images.
#pragma once

#include <cstdint>
#include <vector>

#include <xtape/nn.hpp>

namespace examples {

/// Flatten, then fully connected layers of these sizes, the first of which is an image's, with relu and
/// dropout.
xtape::nn::Sequential mlp(const std::vector<std::int64_t>& sizes, double dropout);

/// LeNet-5 with relu and maxima, on images {N, 1, 28, 28} (Yann LeCun and others, "Gradient-based learning
/// applied to document recognition", 1998).
xtape::nn::Sequential lenet(std::int64_t classes);

/// Two convolutions of 3 x 3 with batch norm, each halving the image, and two fully connected layers, on
/// images {N, 1, 28, 28}.
xtape::nn::Sequential small_cnn(std::int64_t classes, double dropout);

/// ResNet-20 for images {N, 3, 32, 32} (Kaiming He and others, "Deep residual learning for image
/// recognition", 2016, 4.2): three stages of three blocks with 16, 32 and 64 channels; a shortcut that
/// changes size skips pixels and adds channels of zeros.
xtape::nn::Sequential resnet20(std::int64_t classes);

}  // namespace examples
