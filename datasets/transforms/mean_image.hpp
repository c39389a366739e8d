// The mean image of a training set, and the transform that takes it away.
#pragma once

#include "autograd/tensor/tensor.hpp"
#include "datasets/dataset.hpp"

namespace xtape::datasets {

/// The mean over all examples of a dataset, of the shape of one: {C, H, W} for images. The examples are taken
/// as the dataset gives them, its transform included, and are added up in double; the result is float32, or
/// float64 where they are. Random transforms draw from a generator of their own, seeded with 0. Throws where
/// the dataset is empty.
Tensor mean_image(const Dataset& dataset);

/// y = x - mean for a batch {N, C, H, W} and a mean {C, H, W} (or whatever the images broadcast with). Bytes
/// become floats first, so CIFAR-10's pixels minus their mean lie in -255 ... 255.
class SubtractMean {
 public:
  explicit SubtractMean(const Tensor& mean);
  Tensor operator()(const Tensor& images) const;

  const Tensor& mean() const { return mean_; }

 private:
  Tensor mean_;
};

}  // namespace xtape::datasets
