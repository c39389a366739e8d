// The models that the example programs train on images.
#pragma once

#include <string>
#include <vector>

#include <xtape/nn.hpp>

#include "options.hpp"

namespace examples {

/// Flatten, then fully connected layers with relu and dropout.
xtape::nn::Sequential mlp(std::int64_t inputs, std::int64_t classes, const TrainingOptions& options);

/// LeNet-5 with relu and maxima, on images {N, 1, 28, 28} (Yann LeCun and others, "Gradient-based learning
/// applied to document recognition", 1998).
xtape::nn::Sequential lenet(std::int64_t classes);

/// Two convolutions of 3 x 3 with batch norm, each halving the image, and two fully connected layers, on
/// images {N, 1, 28, 28}.
xtape::nn::Sequential small_cnn(std::int64_t classes, const TrainingOptions& options);

/// ResNet-20 for images {N, 3, 32, 32} (Kaiming He and others, "Deep residual learning for image
/// recognition", 2016, 4.2): three stages of three blocks with 16, 32 and 64 channels; a shortcut that
/// changes size skips pixels and adds channels of zeros.
xtape::nn::Sequential resnet20(std::int64_t classes);

}  // namespace examples
