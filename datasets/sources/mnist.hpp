// MNIST and Fashion-MNIST: 60,000 training and 10,000 test images of 28 x 28 grey pixels in ten classes.
#pragma once

#include <string>

#include "datasets/sources/vision.hpp"

namespace xtape::datasets {

using MNISTOptions = VisionOptions;
using FashionMNISTOptions = VisionOptions;

/// Handwritten digits. The four IDX files, plain or .gz, lie in <root>/MNIST/raw (as torchvision keeps them)
/// or in <root> itself. Throws where a file is missing or not what it should be; there is no partial data
/// set.
class MNIST : public VisionDataset {
 public:
  explicit MNIST(const std::string& root, const MNISTOptions& options = {});
};

/// Photographs of clothes, a drop-in replacement for MNIST, in <root>/FashionMNIST/raw or in <root> itself.
/// Debian's package dataset-fashion-mnist has the files.
class FashionMNIST : public VisionDataset {
 public:
  explicit FashionMNIST(const std::string& root, const FashionMNISTOptions& options = {});
};

}  // namespace xtape::datasets
