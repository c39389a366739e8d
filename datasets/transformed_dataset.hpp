// TransformedDataset: a dataset whose examples go through one more transform, such as a training part that
// alone is augmented.
#pragma once

#include <array>
#include <memory>
#include <utility>

#include "autograd/ops/shape.hpp"
#include "datasets/dataset.hpp"
#include "datasets/transforms.hpp"

namespace xtape::datasets {

/// Example i is {transform(x), y} for the example {x, y} of `dataset`, after what transforms that one has.
/// The transform sees whole batches and must keep their number.
///
/// `auto [train, validation] = random_split(images, {0.9, 0.1});`
/// `const TransformedDataset augmented(train, Compose{RandomCrop(32, {.padding = 4}),
/// RandomHorizontalFlip()});`
class TransformedDataset : public Dataset {
 public:
  template <std::derived_from<Dataset> D>
  TransformedDataset(const D& dataset, Transform transform)
      : dataset_(share(dataset)), transform_(std::move(transform)) {}

  std::int64_t size() const override { return dataset_->size(); }

  Example get(std::int64_t index) const override {
    const auto [data, target] = get_batch(std::array{index}, default_generator());
    return {select(data, 0, 0), select(target, 0, 0)};
  }

  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override {
    const Example batch = dataset_->get_batch(indices, generator);
    const Tensor data = transform_(batch.data, generator);
    const auto count = static_cast<std::int64_t>(indices.size());
    check(data.defined() && data.dim() > 0 && data.size(0) == count,
          "transform: gave {} for a batch of {} examples; expected as many",
          data.defined() ? data.shape() : Shape(), count);
    return {data, batch.target};
  }

  const Dataset& dataset() const { return *dataset_; }

 private:
  std::shared_ptr<const Dataset> dataset_;
  Transform transform_;
};

}  // namespace xtape::datasets
