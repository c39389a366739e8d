// The readers of the data sets, from any input: a file, or memory.
#pragma once

#include <cstdint>

#include "datasets/vision.hpp"
#include "io/input.hpp"

namespace xtape::datasets::detail {

/// As read_idx_images, of bytes that are plain already.
Tensor read_idx_images(io::Input& input);
/// As read_idx_labels, of bytes that are plain already.
Tensor read_idx_labels(io::Input& input, std::int64_t classes);

/// The images of a tar archive of CIFAR-10's binary version.
LabelledImages read_cifar10_archive(io::Input& input, bool train);

}  // namespace xtape::datasets::detail
