// Batches of images: gathered as bytes, then transformed.
#include "datasets/sources/vision.hpp"

namespace xtape::datasets {

VisionDataset::VisionDataset(const LabelledImages& data, std::vector<std::string> classes,
                             Transform transform)
    : state_(new State{data, std::move(classes), {}, std::move(transform)}) {}

std::int64_t VisionDataset::size() const { return state_->data.images.size(0); }

Example VisionDataset::get(std::int64_t index) const { return example_of_batch(*this, index); }

Example VisionDataset::get_batch(std::span<const std::int64_t> indices, Generator& generator) const {
  const Tensor images = transform()(gather_rows(state_->data.images, indices), generator);
  const auto count = static_cast<std::int64_t>(indices.size());
  check(images.defined() && images.dim() > 0 && images.size(0) == count,
        "transform: gave {} for a batch of {} images; expected as many",
        images.defined() ? images.shape() : Shape(), count);
  return {images, gather_rows(state_->data.labels, indices)};
}

Transform VisionDataset::transform() const {
  std::lock_guard lock(state_->mutex);
  return state_->transform;
}

void VisionDataset::transform(Transform transform) {
  std::lock_guard lock(state_->mutex);
  state_->transform = std::move(transform);
}

}  // namespace xtape::datasets
