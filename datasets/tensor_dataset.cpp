// Rows of two tensors as examples.
#include "datasets/tensor_dataset.hpp"

#include <array>

#include "autograd/ops/shape.hpp"

namespace xtape::datasets {

TensorDataset::TensorDataset(const Tensor& x, const Tensor& y)
    : tensors_{x.detach().contiguous(), y.detach().contiguous()} {
  check(x.dim() > 0 && y.dim() > 0, "TensorDataset: got shapes {} and {}; expected a first dim of examples",
        x.shape(), y.shape());
  check(x.size(0) == y.size(0), "TensorDataset: {} and {} examples, of shapes {} and {}; expected as many",
        x.size(0), y.size(0), x.shape(), y.shape());
}

std::int64_t TensorDataset::size() const { return tensors_.data.size(0); }

Example TensorDataset::get(std::int64_t index) const {
  const auto [data, target] = get_batch(std::array{index}, default_generator());
  return {select(data, 0, 0), select(target, 0, 0)};
}

Example TensorDataset::get_batch(std::span<const std::int64_t> indices, Generator&) const {
  return {gather_rows(tensors_.data, indices), gather_rows(tensors_.target, indices)};
}

}  // namespace xtape::datasets
