// The draws of an epoch.
#include "datasets/samplers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "autograd/ops/create.hpp"
#include "autograd/ops/random.hpp"
#include "datasets/detail/batch_count.hpp"

namespace xtape::datasets {

namespace {

using Indices = std::vector<std::int64_t>;

Indices permutation(std::int64_t n, Generator& generator) {
  return randperm(n, {.generator = &generator}).to_vector<std::int64_t>();
}

}  // namespace

SequentialSampler::SequentialSampler(std::int64_t n) : n_(n) {
  check(n >= 0, "SequentialSampler: the number of examples is {}; expected 0 or more", n);
}

Indices SequentialSampler::indices(Generator&) const {
  Indices all(static_cast<std::size_t>(n_));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

RandomSampler::RandomSampler(std::int64_t n, const RandomSamplerOptions& options) : n_(n), options_(options) {
  check(n > 0, "RandomSampler: the number of examples is {}; expected at least 1", n);
  check(size() > 0, "RandomSampler: num_samples is {}; expected at least 1", size());
}

Indices RandomSampler::indices(Generator& generator) const {
  Indices drawn;
  const auto count = static_cast<std::size_t>(size());
  while (drawn.size() < count) {
    if (options_.replacement) {
      drawn.push_back(static_cast<std::int64_t>(generator.below(static_cast<std::uint64_t>(n_))));
    } else {
      const Indices order = permutation(n_, generator);
      drawn.insert(drawn.end(), order.begin(), order.end());
    }
  }
  drawn.resize(count);
  return drawn;
}

SampleWeights::SampleWeights(const Tensor& weights) {
  check(weights.dim() == 1, "WeightedRandomSampler: the weights have shape {}; expected one dim",
        weights.shape());
  values_ = weights.to(kFloat64).to_vector<double>();
}

WeightedRandomSampler::WeightedRandomSampler(const SampleWeights& weights, std::int64_t num_samples,
                                             const WeightedRandomSamplerOptions& options)
    : weights_(weights.values()), num_samples_(num_samples), options_(options) {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    check(weights_[i] >= 0 && std::isfinite(weights_[i]),
          "WeightedRandomSampler: weight {} is {}; expected a finite number of 0 or more", i, weights_[i]);
  }
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  check(sum > 0 && std::isfinite(sum), "WeightedRandomSampler: the {} weights add up to {}", weights_.size(),
        sum);
  check(num_samples > 0, "WeightedRandomSampler: num_samples is {}; expected at least 1", num_samples);
  const auto most = std::ranges::count_if(weights_, [](double weight) { return weight > 0; });
  check(options.replacement || num_samples <= most,
        "WeightedRandomSampler: cannot draw {} samples without replacement: {} weights are above 0",
        num_samples, most);
}

Indices WeightedRandomSampler::indices(Generator& generator) const {
  const Tensor weights = from_vector(weights_, {weights_.size()});
  return multinomial(weights, num_samples_, {.replacement = options_.replacement, .generator = &generator})
      .to_vector<std::int64_t>();
}

Indices SubsetRandomSampler::indices(Generator& generator) const {
  Indices drawn;
  for (std::int64_t i : permutation(size(), generator)) {
    drawn.push_back(indices_[static_cast<std::size_t>(i)]);
  }
  return drawn;
}

BatchSampler::BatchSampler(SharedSampler<std::int64_t> sampler, std::int64_t batch_size, bool drop_last)
    : sampler_(std::move(sampler)), batch_size_(batch_size), drop_last_(drop_last) {
  check(bool(sampler_), "BatchSampler: no sampler");
  check(batch_size > 0, "BatchSampler: batch_size is {}; expected at least 1", batch_size);
}

std::vector<Indices> BatchSampler::indices(Generator& generator) const {
  const Indices all = sampler_->indices(generator);
  std::vector<Indices> batches;
  for (auto left = std::span(all); !left.empty();) {
    const auto count = std::min(left.size(), static_cast<std::size_t>(batch_size_));
    const auto batch = left.first(count);
    if (std::ssize(batch) == batch_size_ || !drop_last_) batches.emplace_back(batch.begin(), batch.end());
    left = left.subspan(count);
  }
  return batches;
}

std::int64_t BatchSampler::size() const {
  return detail::batch_count(sampler_->size(), batch_size_, drop_last_);
}

}  // namespace xtape::datasets
