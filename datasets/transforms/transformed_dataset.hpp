// TransformedDataset: a dataset whose examples go through one more transform, such as a training part that
// alone is augmented.
#pragma once

#include <memory>
#include <utility>

#include "datasets/dataset.hpp"
#include "datasets/transforms/transforms.hpp"

namespace xtape::datasets {

/// Example i is {transform(x), y, ...} for the example {x, y, ...} of `dataset`, after what transforms that
/// one has. The transform sees whole batches and must keep their number.
///
/// `auto [train, validation] = random_split(images, {0.9, 0.1});`
/// `const TransformedDataset augmented(train, Compose{RandomCrop(32, {.padding = 4}),
/// RandomHorizontalFlip()});`
class TransformedDataset : public BatchDataset {
 public:
  template <std::derived_from<Dataset> D>
  TransformedDataset(const D& dataset, Transform transform)
      : dataset_(share(dataset)), transform_(std::move(transform)) {}

  std::int64_t size() const override;
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override;

  const Dataset& dataset() const { return *dataset_; }

 private:
  std::shared_ptr<const Dataset> dataset_;
  Transform transform_;
};

}  // namespace xtape::datasets
