// TensorDataset: examples from tensors whose first dims run together.
#pragma once

#include "datasets/dataset.hpp"

namespace xtape::datasets {

/// Example i is {x[i]}, {x[i], y[i]} or of more tensors, of any shapes and dtypes. Batches hold copies of the
/// rows, without history. Throws where the tensors differ in their number of rows.
class TensorDataset : public BatchDataset {
 public:
  explicit TensorDataset(const Tensor& x) : TensorDataset(std::vector<Tensor>{x}) {}
  template <std::same_as<Tensor>... T>
  TensorDataset(const Tensor& x, const Tensor& y, const T&... more)
      : TensorDataset(std::vector<Tensor>{x, y, more...}) {}
  explicit TensorDataset(const std::vector<Tensor>& tensors);

  std::int64_t size() const override;
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override;

  const Tensor& x() const { return tensors_.data; }
  const Tensor& y() const { return tensors_.target; }  ///< undefined where there is one tensor
  const Example& tensors() const { return tensors_; }

 private:
  Example tensors_;
};

}  // namespace xtape::datasets
