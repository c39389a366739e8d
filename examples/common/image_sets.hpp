// The data sets of images that the example programs know.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xtape/datasets.hpp>

namespace examples {

/// What a net that is trained on it must be given, and what its scores stand for.
struct ImageSet {
  std::string folder;  ///< where its files are looked for
  std::int64_t channels, side;
  std::vector<double> mean, std;  ///< of each channel of the training images
  std::vector<std::string> classes;

  xtape::datasets::Normalize normalize() const { return {mean, std}; }
};

/// "mnist", "fashion" or "cifar10".
const ImageSet& image_set(const std::string& name);

}  // namespace examples
