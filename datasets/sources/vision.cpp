// Batches of images: gathered as bytes, then transformed.
#include "datasets/sources/vision.hpp"

#include "datasets/detail/transformed.hpp"

namespace xtape::datasets {

VisionDataset::VisionDataset(const LabelledImages& images, std::vector<std::string> classes,
                             Transform transform)
    : data_(new Data{images, std::move(classes)}), transform_(std::move(transform)) {}

std::int64_t VisionDataset::size() const { return images().size(0); }

Example VisionDataset::get_batch(std::span<const std::int64_t> indices, Generator& generator) const {
  return {detail::transformed(gather_rows(images(), indices), transform_, generator),
          gather_rows(labels(), indices)};
}

}  // namespace xtape::datasets
