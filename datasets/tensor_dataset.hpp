// TensorDataset: examples from two tensors whose first dims run together.
#pragma once

#include "datasets/dataset.hpp"

namespace xtape::datasets {

/// Example i is {x[i], y[i]}, of any shapes and dtypes. Batches hold copies of the rows, without history.
/// Throws where x and y differ in their number of rows.
class TensorDataset : public Dataset {
 public:
  TensorDataset(const Tensor& x, const Tensor& y);

  std::int64_t size() const override;
  Example get(std::int64_t index) const override;
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override;

  const Tensor& x() const { return tensors_.data; }
  const Tensor& y() const { return tensors_.target; }

 private:
  Example tensors_;
};

}  // namespace xtape::datasets
