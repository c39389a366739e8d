// Batches of images: gathered as bytes, then transformed.
#include "datasets/vision.hpp"

#include <array>

#include "autograd/ops/shape.hpp"

namespace xtape::datasets {

VisionDataset::VisionDataset(const LabelledImages& data, std::vector<std::string> classes,
                             Transform transform)
    : state_(new State{data, std::move(classes), {}, std::move(transform)}) {}

std::int64_t VisionDataset::size() const { return state_->data.images.size(0); }

Example VisionDataset::get(std::int64_t index) const {
  const auto [image, label] = get_batch(std::array{index}, default_generator());
  return {select(image, 0, 0), select(label, 0, 0)};
}

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
