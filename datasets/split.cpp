// Subsets map their indices; random_split cuts one random permutation into pieces.
#include "datasets/split.hpp"

#include <algorithm>
#include <cmath>

#include "autograd/ops/create.hpp"

namespace xtape::datasets {

namespace {

std::vector<std::int64_t> from_counts(std::span<const Scalar> lengths, std::int64_t size) {
  std::vector<std::int64_t> counts;
  std::int64_t left = size;
  for (Scalar length : lengths) {
    const auto count = length.to<std::int64_t>();
    check(count >= 0, "random_split: count {} is negative", count);
    check(count <= left, "random_split: the counts add up to more than the dataset's {} examples", size);
    counts.push_back(count);
    left -= count;
  }
  check(left == 0, "random_split: the counts add up to {}, but the dataset has {} examples", size - left,
        size);
  return counts;
}

std::vector<std::int64_t> from_fractions(std::span<const Scalar> lengths, std::int64_t size) {
  std::vector<std::int64_t> counts;
  double sum = 0;
  std::int64_t left = size;
  for (Scalar length : lengths) {
    const auto fraction = length.to<double>();
    check(fraction >= 0 && fraction <= 1, "random_split: fraction {} is not between 0 and 1", fraction);
    sum += fraction;
    const double share = static_cast<double>(size) * fraction;
    // no more than is left: of a very large dataset, fractions that count as 1 together may be too much
    counts.push_back(share < static_cast<double>(left) ? static_cast<std::int64_t>(share) : left);
    left -= counts.back();
  }
  check(std::abs(sum - 1) <= 1e-9, "random_split: the fractions add up to {}; expected 1", sum);
  for (std::size_t i = 0; left > 0; i = (i + 1) % counts.size(), --left) ++counts[i];
  return counts;
}

}  // namespace

Subset::Subset(std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> indices)
    : dataset_(std::move(dataset)),
      indices_(std::make_shared<const std::vector<std::int64_t>>(std::move(indices))) {
  check(dataset_ != nullptr, "Subset: no dataset");
  const std::int64_t size = dataset_->size();
  for (std::int64_t index : *indices_) {
    check(index >= 0 && index < size, "Subset: index {} is out of range for a dataset of {} examples", index,
          size);
  }
}

std::int64_t Subset::at(std::int64_t index) const {
  check(index >= 0 && index < size(), "Subset: index {} is out of range for {} examples", index, size());
  return (*indices_)[static_cast<std::size_t>(index)];
}

Example Subset::get(std::int64_t index) const { return dataset_->get(at(index)); }

Example Subset::get_batch(std::span<const std::int64_t> indices, Generator& generator) const {
  std::vector<std::int64_t> mapped;
  mapped.reserve(indices.size());
  for (std::int64_t index : indices) mapped.push_back(at(index));
  return dataset_->get_batch(mapped, generator);
}

std::vector<Subset> random_split(std::shared_ptr<const Dataset> dataset, std::span<const Scalar> lengths,
                                 const RandomSplitOptions& options) {
  check(dataset != nullptr, "random_split: no dataset");
  const std::int64_t size = dataset->size();
  check(size > 0, "random_split: the dataset is empty");
  check(!lengths.empty(), "random_split: expected at least one length");
  const bool are_counts =
      std::none_of(lengths.begin(), lengths.end(), [](Scalar length) { return is_floating(length.dtype()); });
  const auto counts = are_counts ? from_counts(lengths, size) : from_fractions(lengths, size);

  const auto order = randperm(size, {.generator = options.generator}).to_vector<std::int64_t>();
  std::vector<Subset> parts;
  auto first = order.begin();
  for (std::int64_t count : counts) {
    parts.emplace_back(dataset, std::vector<std::int64_t>(first, first + count));
    first += count;
  }
  return parts;
}

}  // namespace xtape::datasets
