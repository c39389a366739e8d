// Subset and random_split: parts of a dataset, by index.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "autograd/base/scalar.hpp"
#include "datasets/dataset.hpp"

namespace xtape::datasets {

/// The examples of `dataset` at `indices`, in that order. Throws where an index is out of range.
class Subset : public Dataset {
 public:
  template <std::derived_from<Dataset> D>
  Subset(const D& dataset, std::vector<std::int64_t> indices) : Subset(share(dataset), std::move(indices)) {}
  /// From int64 {N}, such as arange(0, 1000) or randperm(n).
  template <std::derived_from<Dataset> D>
  Subset(const D& dataset, const Tensor& indices)
      : Subset(share(dataset), indices.to_vector<std::int64_t>()) {}
  template <std::derived_from<Dataset> D, std::integral I>
  Subset(const D& dataset, const std::vector<I>& indices)
      : Subset(share(dataset), std::vector<std::int64_t>(indices.begin(), indices.end())) {}
  Subset(std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> indices);

  std::int64_t size() const override { return static_cast<std::int64_t>(indices_->size()); }
  Example get(std::int64_t index) const override;
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override;

  const Dataset& dataset() const { return *dataset_; }
  const std::vector<std::int64_t>& indices() const { return *indices_; }

 private:
  std::int64_t at(std::int64_t index) const;

  std::shared_ptr<const Dataset> dataset_;
  std::shared_ptr<const std::vector<std::int64_t>> indices_;
};

struct RandomSplitOptions {
  Generator* generator = nullptr;  ///< the default generator where null
};

/// Disjoint random parts that cover `dataset`. Integers are counts that add up to its size; otherwise the
/// lengths are fractions that add up to 1, rounded down, and the examples left over go to the parts in turn.
std::vector<Subset> random_split(std::shared_ptr<const Dataset> dataset, std::span<const Scalar> lengths,
                                 const RandomSplitOptions& options);

template <std::derived_from<Dataset> D, Number T>
std::vector<Subset> random_split(const D& dataset, const std::vector<T>& lengths,
                                 const RandomSplitOptions& options = {}) {
  return random_split(share(dataset), std::vector<Scalar>(lengths.begin(), lengths.end()), options);
}

/// `auto [train, validation] = random_split(dataset, {0.8, 0.2});`
template <std::derived_from<Dataset> D, std::size_t N>
std::array<Subset, N> random_split(const D& dataset, const Scalar (&lengths)[N],
                                   const RandomSplitOptions& options = {}) {
  const std::vector<Subset> parts = random_split(share(dataset), std::span<const Scalar>(lengths), options);
  return [&]<std::size_t... I>(std::index_sequence<I...>) { return std::array<Subset, N>{parts[I]...}; }
  (std::make_index_sequence<N>());
}

}  // namespace xtape::datasets
