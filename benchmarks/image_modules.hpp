// The benchmarks' convolutional nets as modules, with their initial weights.
#pragma once

#include <xtape/xtape.hpp>

#include "benchmarks/harness/image_nets.hpp"

namespace bench {

xtape::nn::Sequential make_image_net(const ImageNet& net);
xtape::Tensor images(const ImageNet& net);
xtape::Tensor image_labels(const ImageNet& net);

/// A training step.
class ImageTraining {
 public:
  explicit ImageTraining(const ImageNet& net);

  void step();
  void restart();  ///< puts the initial weights and statistics back
  double loss() const { return loss_.item(); }
  xtape::nn::Sequential& net() { return net_; }

 private:
  xtape::nn::Sequential net_;
  xtape::StateDict initial_;
  xtape::optim::SGD optimizer_;
  xtape::Tensor x_, y_, loss_;
};

}  // namespace bench
