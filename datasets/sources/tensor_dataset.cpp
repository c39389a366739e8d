// Rows of tensors as examples.
#include "datasets/sources/tensor_dataset.hpp"

namespace xtape::datasets {

TensorDataset::TensorDataset(const std::vector<Tensor>& tensors) {
  check(!tensors.empty(), "TensorDataset: expected at least one tensor");
  const Tensor& first = tensors.front();
  for (const Tensor& x : tensors) {
    check(x.defined(), "TensorDataset: one of {} tensors is undefined", tensors.size());
    check(first.dim() > 0 && x.dim() > 0,
          "TensorDataset: got shapes {} and {}; expected a first dim of examples", first.shape(), x.shape());
    check(first.size(0) == x.size(0),
          "TensorDataset: {} and {} examples, of shapes {} and {}; expected as many", first.size(0),
          x.size(0), first.shape(), x.shape());
  }
  tensors_ = Example(tensors).map([](const Tensor& x) { return x.detach().contiguous(); });
}

std::int64_t TensorDataset::size() const { return tensors_.data.size(0); }

Example TensorDataset::get_batch(std::span<const std::int64_t> indices, Generator&) const {
  return tensors_.map([&](const Tensor& x) { return gather_rows(x, indices); });
}

}  // namespace xtape::datasets
