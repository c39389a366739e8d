// One more transform between a dataset and its loader.
#include "datasets/transforms/transformed_dataset.hpp"

#include "datasets/detail/transformed.hpp"

namespace xtape::datasets {

std::int64_t TransformedDataset::size() const { return dataset_->size(); }

Example TransformedDataset::get_batch(std::span<const std::int64_t> indices, Generator& generator) const {
  Example batch = dataset_->get_batch(indices, generator);
  batch.data = detail::transformed(batch.data, transform_, generator);
  return batch;
}

}  // namespace xtape::datasets
