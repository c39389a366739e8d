// One more transform between a dataset and its loader.
#include "datasets/transforms/transformed_dataset.hpp"

namespace xtape::datasets {

std::int64_t TransformedDataset::size() const { return dataset_->size(); }

Example TransformedDataset::get(std::int64_t index) const { return example_of_batch(*this, index); }

Example TransformedDataset::get_batch(std::span<const std::int64_t> indices, Generator& generator) const {
  Example batch = dataset_->get_batch(indices, generator);
  batch.data = transform_(batch.data, generator);
  const auto count = static_cast<std::int64_t>(indices.size());
  check(batch.data.defined() && batch.data.dim() > 0 && batch.data.size(0) == count,
        "transform: gave {} for a batch of {} examples; expected as many",
        batch.data.defined() ? batch.data.shape() : Shape(), count);
  return batch;
}

}  // namespace xtape::datasets
