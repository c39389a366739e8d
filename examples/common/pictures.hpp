// Pictures of what a net learned.
#pragma once

#include <string>

#include <xtape/xtape.hpp>

namespace examples {

/// Writes `confusion` as confusion.svg and, where the model has a convolution, the filters of its first one
/// as filters.png and what they see in a few images of `test` as maps.png. The folder is made where there is
/// none.
void save_pictures(const std::string& folder, xtape::nn::Sequential& model,
                   const xtape::datasets::VisionDataset& test, const xtape::Tensor& confusion);

}  // namespace examples
