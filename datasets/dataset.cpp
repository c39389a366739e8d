// Batches: stacked examples in general, copied rows for datasets that hold their examples in one tensor.
#include "datasets/dataset.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "autograd/ops/shape.hpp"

namespace xtape::datasets {

namespace {

/// The tensors number i of all examples, as one.
Tensor stacked(const std::vector<Example>& examples, std::size_t i) {
  std::vector<Tensor> tensors;
  for (const Example& example : examples) tensors.push_back(example[i]);
  const auto absent = std::ranges::count_if(tensors, [](const Tensor& x) { return !x.defined(); });
  if (absent == std::ssize(tensors)) return {};
  check(absent == 0, "default_collate: tensor {} of {} examples is undefined in {}", i, tensors.size(),
        absent);
  return stack(tensors);
}

}  // namespace

const Tensor& Example::operator[](std::size_t i) const {
  check(i < size(), "Example: there is no tensor {} in an example of {}", i, size());
  return i == 0 ? data : i == 1 ? target : rest[i - 2];
}

Example default_collate(const std::vector<Example>& examples) {
  check(!examples.empty(), "default_collate: there are no examples");
  const std::size_t count = examples.front().size();
  check(count > 0, "default_collate: the examples hold no tensors");
  for (const Example& example : examples) {
    check(example.size() == count,
          "default_collate: examples of {} and of {} tensors; expected as many of each", count,
          example.size());
  }
  std::vector<Tensor> batch;
  for (std::size_t i = 0; i < count; ++i) batch.push_back(stacked(examples, i));
  return batch;
}

Example Dataset::get_batch(std::span<const std::int64_t> indices, Generator&) const {
  std::vector<Example> examples;
  for (std::int64_t index : indices) examples.push_back(get(index));
  return default_collate(examples);
}

Example example_of_batch(const Dataset& dataset, std::int64_t index, Generator& generator) {
  return dataset.get_batch(std::array{index}, generator).map([](const Tensor& x) { return select(x, 0, 0); });
}

Example BatchDataset::get(std::int64_t index) const { return example_of_batch(*this, index); }

Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> indices) {
  check(x.dim() > 0, "dataset: a 0-d tensor has no rows");
  const Tensor source = x.contiguous();
  const std::int64_t rows = source.size(0);
  Shape shape = source.shape();
  shape[0] = static_cast<std::int64_t>(indices.size());
  Tensor out = xtape::detail::make_tensor(shape, source.dtype());

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
