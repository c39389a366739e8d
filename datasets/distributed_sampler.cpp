// Every rank draws the order of all, and takes its part.
#include "datasets/distributed_sampler.hpp"

#include <cstddef>

namespace xtape::datasets {

DistributedSampler::DistributedSampler(std::int64_t n, int rank, int ranks,
                                       const DistributedSamplerOptions& options)
    : n_(n),
      rank_(rank),
      ranks_(ranks),
      options_(options),
      epoch_(std::make_shared<std::atomic<std::int64_t>>(-1)) {
  check(n > 0, "DistributedSampler: the number of examples is {}; expected at least 1", n);
  check(ranks > 0 && rank >= 0 && rank < ranks,
        "DistributedSampler: rank {} of {}; expected a rank from 0 on, below the number of ranks", rank,
        ranks);
}

std::int64_t DistributedSampler::size() const {
  return options_.drop_last ? n_ / ranks_ : (n_ + ranks_ - 1) / ranks_;
}

std::vector<std::int64_t> DistributedSampler::indices(Generator& generator) const {
  const std::int64_t epoch = *epoch_;
  const std::uint64_t drawn = epoch >= 0 ? static_cast<std::uint64_t>(epoch) : generator.next();
  Generator own(Generator(options_.seed).next() ^ drawn);
  const std::vector<std::int64_t> order =
      options_.shuffle ? RandomSampler(n_).indices(own) : SequentialSampler(n_).indices(own);
  std::vector<std::int64_t> part;
  for (std::int64_t i = 0; i < size(); ++i)
    part.push_back(order[static_cast<std::size_t>((i * ranks_ + rank_) % n_)]);
  return part;
}

void DistributedSampler::set_epoch(std::int64_t epoch) const {
  check(epoch >= 0, "DistributedSampler: epoch is {}; expected 0 or more", epoch);
  *epoch_ = epoch;
}

}  // namespace xtape::datasets
