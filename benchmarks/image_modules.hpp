// The benchmarks' convolutional nets as modules, with their initial weights.
#pragma once

#include <xtape/nn.hpp>

#include "benchmarks/harness/image_nets.hpp"

namespace bench {

xtape::nn::Sequential make_image_net(const ImageNet& net);
xtape::Tensor images(const ImageNet& net);
xtape::Tensor image_labels(const ImageNet& net);

}  // namespace bench
