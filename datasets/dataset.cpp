// Batches: stacked examples in general, copied rows for datasets that hold their examples in one tensor.
#include "datasets/dataset.hpp"

#include <cstring>
#include <vector>

#include "autograd/ops/shape.hpp"

namespace xtape::datasets {

Example Dataset::get_batch(std::span<const std::int64_t> indices, Generator&) const {
  std::vector<Tensor> data, targets;
  for (std::int64_t index : indices) {
    Example example = get(index);
    data.push_back(std::move(example.data));
    targets.push_back(std::move(example.target));
  }
  return {stack(data), stack(targets)};
}

Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> indices) {
  check(x.dim() > 0, "dataset: a 0-d tensor has no rows");
  const Tensor source = x.contiguous();
  const std::int64_t rows = source.size(0);
  Shape shape = source.shape();
  shape[0] = static_cast<std::int64_t>(indices.size());
  Tensor out = make_tensor(shape, source.dtype());

  std::size_t row_bytes = size_of(source.dtype());
  for (int d = 1; d < shape.size(); ++d) row_bytes *= static_cast<std::size_t>(shape[d]);
  const std::byte* from = source.raw();
  std::byte* to = out.raw();
  for (std::int64_t index : indices) {
    check(index >= 0 && index < rows, "dataset: index {} is out of range for {} examples", index, rows);
    std::memcpy(to, from + static_cast<std::size_t>(index) * row_bytes, row_bytes);
    to += row_bytes;
  }
  return out;
}

}  // namespace xtape::datasets
