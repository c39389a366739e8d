// One more transform between a dataset and its loader.
#include "datasets/transformed_dataset.hpp"

#include <array>

#include "autograd/ops/shape.hpp"

namespace xtape::datasets {

std::int64_t TransformedDataset::size() const { return dataset_->size(); }

Example TransformedDataset::get(std::int64_t index) const {
  const auto [data, target] = get_batch(std::array{index}, default_generator());
  return {select(data, 0, 0), select(target, 0, 0)};
}

Example TransformedDataset::get_batch(std::span<const std::int64_t> indices, Generator& generator) const {
  const Example batch = dataset_->get_batch(indices, generator);
  const Tensor data = transform_(batch.data, generator);
  const auto count = static_cast<std::int64_t>(indices.size());
  check(data.defined() && data.dim() > 0 && data.size(0) == count,
        "transform: gave {} for a batch of {} examples; expected as many",
        data.defined() ? data.shape() : Shape(), count);
  return {data, batch.target};
}

}  // namespace xtape::datasets
