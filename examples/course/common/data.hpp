// The data of the course programs: MNIST where it is here, and a set that is made up.
#pragma once

#include <xtape/xtape.hpp>

#include "options.hpp"

namespace course {

/// MNIST's 60,000 training or 10,000 test images from --data, else XTAPE_DATA, else "data"; there or in
/// mnist/ below. Throws MissingData where the files are not there.
xtape::datasets::MNIST mnist(const Options& options, bool train);

/// Images as the notebooks feed them to fully connected layers: a row of pixels each, x in [0, 255] mapped
/// to [low, high].
xtape::Tensor pixel_rows(const xtape::Tensor& images, double low, double high,
                         xtape::DType dtype = xtape::kFloat32);

/// A whole dataset as one example with a first dim.
xtape::datasets::Example all_of(const xtape::datasets::Dataset& dataset);

/// Two interleaved half moons, n / 2 points each, with normal noise: x float64 {n, 2}, y float64 {n, 1} of 0
/// and 1. No straight line separates them.
xtape::datasets::TensorDataset moons(std::int64_t n, double noise, xtape::Generator& generator);

/// Digit 0 against the rest, as the notes classify MNIST: x float32 {n, 784} in [0, 1], y float32 {n, 1}, 1
/// for a zero. Only the first `count` images where count is not negative.
xtape::datasets::TensorDataset zero_or_not(const xtape::datasets::MNIST& digits, std::int64_t count = -1);

}  // namespace course
