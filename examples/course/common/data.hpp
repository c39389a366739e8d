// The data of the course programs: MNIST and CIFAR-10 where they are here, and a set that is made up.
#pragma once

#include <xtape/xtape.hpp>

#include "options.hpp"

namespace course {

/// MNIST's 60,000 training or 10,000 test images from --data, else XTAPE_DATA, else "data"; there or in
/// mnist/ below. Throws MissingData where the files are not there.
xtape::datasets::MNIST mnist(const Options& options, bool train);

/// CIFAR-10's 50,000 training or 10,000 test images from --data, else XTAPE_DATA, else "data"; there, in
/// cifar10/ or in cifar-10-batches-bin/ below. Throws MissingData where the files are not there.
xtape::datasets::CIFAR10 cifar10(const Options& options, bool train,
                                 const xtape::datasets::Transform& transform);

/// CIFAR-10 as the exercise splits it: the first 49,000 training images, the next 1,000, and the first 1,000
/// of the test batch. Pixels are floats of 0 ... 255 minus the mean image of the first part. With --quick the
/// first part has 5,000 images.
struct CifarParts {
  xtape::datasets::Subset train, validation, test;
};
CifarParts cifar_parts(const Options& options);

/// Images as the notebooks feed them to fully connected layers: a row of pixels each, x in [0, 255] mapped
/// to [low, high].
xtape::Tensor pixel_rows(const xtape::Tensor& images, double low, double high,
                         xtape::DType dtype = xtape::kFloat32);

/// A whole dataset as one example with a first dim.
xtape::datasets::Example all_of(const xtape::datasets::Dataset& dataset);

/// Two interleaved half moons, n / 2 points each, with normal noise: x float64 {n, 2}, y float64 {n, 1} of 0
/// and 1. No straight line separates them.
xtape::datasets::TensorDataset moons(std::int64_t n, double noise, xtape::Generator& generator);

}  // namespace course
