// TensorDataset: examples from two tensors whose first dims run together.
#pragma once

#include <array>

#include "autograd/ops/shape.hpp"
#include "datasets/dataset.hpp"

namespace xtape::datasets {

/// Example i is {x[i], y[i]}, of any shapes and dtypes. Batches hold copies of the rows, without history.
/// Throws where x and y differ in their number of rows.
class TensorDataset : public Dataset {
 public:
  TensorDataset(const Tensor& x, const Tensor& y)
      : tensors_{x.detach().contiguous(), y.detach().contiguous()} {
    check(x.dim() > 0 && y.dim() > 0, "TensorDataset: got shapes {} and {}; expected a first dim of examples",
          x.shape(), y.shape());
    check(x.size(0) == y.size(0), "TensorDataset: {} and {} examples, of shapes {} and {}; expected as many",
          x.size(0), y.size(0), x.shape(), y.shape());
  }

  std::int64_t size() const override { return tensors_.data.size(0); }

  Example get(std::int64_t index) const override {
    const auto [data, target] = get_batch(std::array{index}, default_generator());
    return {select(data, 0, 0), select(target, 0, 0)};
  }

  Example get_batch(std::span<const std::int64_t> indices, Generator&) const override {
    return {gather_rows(tensors_.data, indices), gather_rows(tensors_.target, indices)};
  }

  const Tensor& x() const { return tensors_.data; }
  const Tensor& y() const { return tensors_.target; }

 private:
  Example tensors_;
};

}  // namespace xtape::datasets
