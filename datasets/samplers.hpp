// Samplers: which examples an epoch of a DataLoader visits, and in what order. A program's own samplers
// derive from Sampler, those that choose whole batches from SamplerOf<std::vector<std::int64_t>>.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/scalar.hpp"
#include "datasets/dataset.hpp"

namespace xtape::datasets {

/// Gives the items of an epoch: the indices of examples, or for each batch the indices of its examples.
template <class Item>
class SamplerOf {
 public:
  virtual ~SamplerOf() = default;

  /// All items of one epoch. All that is random comes from `generator`, and nothing is remembered: so a
  /// training that goes on from its generator's state, and each of many processes, has the same epoch.
  virtual std::vector<Item> indices(Generator& generator) const = 0;
  /// How many items an epoch has; unless overridden, by drawing one.
  virtual std::int64_t size() const {
    Generator generator;
    return std::ssize(indices(generator));
  }

 protected:
  SamplerOf() = default;
  SamplerOf(const SamplerOf&) = default;  // protected, so that nothing slices
  SamplerOf(SamplerOf&&) noexcept = default;
  SamplerOf& operator=(const SamplerOf&) = default;
  SamplerOf& operator=(SamplerOf&&) noexcept = default;
};

using Sampler = SamplerOf<std::int64_t>;

/// A sampler that loaders keep, or none: a copy, so that temporaries may be passed. Where only a base class
/// is known it refers to the sampler, which must outlive it.
template <class Item>
class SharedSampler {
 public:
  SharedSampler() = default;
  template <std::derived_from<SamplerOf<Item>> S>
  SharedSampler(const S& sampler)  // NOLINT: implicit, so that {.sampler = RandomSampler(n)} reads
      : sampler_(share<SamplerOf<Item>>(sampler)) {}
  template <std::derived_from<SamplerOf<Item>> S>
  SharedSampler(std::shared_ptr<S> sampler) : sampler_(std::move(sampler)) {}  // NOLINT: implicit as above

  explicit operator bool() const { return sampler_ != nullptr; }
  const SamplerOf<Item>* operator->() const { return sampler_.get(); }

 private:
  std::shared_ptr<const SamplerOf<Item>> sampler_;
};

/// 0, 1, ... n - 1.
class SequentialSampler : public Sampler {
 public:
  explicit SequentialSampler(std::int64_t n);
  explicit SequentialSampler(const Dataset& dataset) : SequentialSampler(dataset.size()) {}

  std::vector<std::int64_t> indices(Generator& generator) const override;
  std::int64_t size() const override { return n_; }

 private:
  std::int64_t n_;
};

struct RandomSamplerOptions {
  bool replacement = false;
  std::optional<std::int64_t> num_samples = {};  ///< n where unset
};

/// Numbers below n: a permutation, or with replacement each drawn on its own. More than n without replacement
/// are one permutation after the other. Throws where n or num_samples is below 1.
class RandomSampler : public Sampler {
 public:
  explicit RandomSampler(std::int64_t n, const RandomSamplerOptions& options = {});
  explicit RandomSampler(const Dataset& dataset, const RandomSamplerOptions& options = {})
      : RandomSampler(dataset.size(), options) {}

  std::vector<std::int64_t> indices(Generator& generator) const override;
  std::int64_t size() const override { return options_.num_samples.value_or(n_); }

 private:
  std::int64_t n_;
  RandomSamplerOptions options_;
};

/// What a WeightedRandomSampler is made from: a tensor with one dim, a vector or a brace list of numbers.
class SampleWeights {
 public:
  SampleWeights(const Tensor& weights);  // NOLINT: implicit, as the others
  template <Number T>
  SampleWeights(const std::vector<T>& weights) : values_(weights.begin(), weights.end()) {}  // NOLINT
  SampleWeights(std::initializer_list<double> weights) : values_(weights) {}

  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> values_;
};

struct WeightedRandomSamplerOptions {
  bool replacement = true;
};

/// `num_samples` numbers below the number of weights, i with a probability of weights[i] over their sum:
/// `WeightedRandomSampler(index_select(1 / counts, 0, labels), n)` balances classes. Without replacement each
/// number is drawn from those that are left. Throws where a weight is negative or not finite, where there is
/// none above 0, and where without replacement fewer weights than num_samples are.
class WeightedRandomSampler : public Sampler {
 public:
  WeightedRandomSampler(const SampleWeights& weights, std::int64_t num_samples,
                        const WeightedRandomSamplerOptions& options = {});
  template <std::same_as<bool> B>  // a template, so that {} is options
  WeightedRandomSampler(const SampleWeights& weights, std::int64_t num_samples, B replacement)
      : WeightedRandomSampler(weights, num_samples, WeightedRandomSamplerOptions{replacement}) {}

  std::vector<std::int64_t> indices(Generator& generator) const override;
  std::int64_t size() const override { return num_samples_; }

 private:
  std::vector<double> weights_;
  std::int64_t num_samples_;
  WeightedRandomSamplerOptions options_;
};

/// The given indices in a random order.
class SubsetRandomSampler : public Sampler {
 public:
  explicit SubsetRandomSampler(std::vector<std::int64_t> indices) : indices_(std::move(indices)) {}
  /// From int64 {N}, such as arange(0, 1000).
  explicit SubsetRandomSampler(const Tensor& indices) : indices_(indices.to_vector<std::int64_t>()) {}
  template <std::integral I>
  explicit SubsetRandomSampler(const std::vector<I>& indices) : indices_(indices.begin(), indices.end()) {}

  std::vector<std::int64_t> indices(Generator& generator) const override;
  std::int64_t size() const override { return std::ssize(indices_); }

 private:
  std::vector<std::int64_t> indices_;
};

/// The indices of another sampler, `batch_size` at a time; drop_last leaves out a smaller last batch. Throws
/// where batch_size is below 1.
class BatchSampler : public SamplerOf<std::vector<std::int64_t>> {
 public:
  BatchSampler(SharedSampler<std::int64_t> sampler, std::int64_t batch_size, bool drop_last = false);

  std::vector<std::vector<std::int64_t>> indices(Generator& generator) const override;
  std::int64_t size() const override;

 private:
  SharedSampler<std::int64_t> sampler_;
  std::int64_t batch_size_;
  bool drop_last_;
};

}  // namespace xtape::datasets
