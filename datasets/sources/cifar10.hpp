// CIFAR-10: 50,000 training and 10,000 test images of 32 x 32 pixels in three colours and ten classes.
#pragma once

#include "datasets/sources/vision.hpp"
#include "io/files.hpp"

namespace xtape::datasets {

using CIFAR10Options = VisionOptions;

/// The binary version of https://www.cs.toronto.edu/~kriz/cifar.html. `root` is a folder that holds
/// cifar-10-batches-bin/, or its .bin files, or cifar-10-binary.tar.gz; or it is such an archive itself, in a
/// file or in memory. Throws where a file is missing or not what it should be; there is no partial data
/// set.
class CIFAR10 : public VisionDataset {
 public:
  explicit CIFAR10(const io::Source& root, const CIFAR10Options& options = {});
};

}  // namespace xtape::datasets
