// DistributedSampler: the part of each epoch that one of several processes takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "datasets/samplers.hpp"

namespace xtape::datasets {

struct DistributedSamplerOptions {
  bool shuffle = true;
  std::uint64_t seed = 0;  ///< of the order, together with what the loader's generator gives
  bool drop_last =
      false;  ///< leaves out what would not be the same number for all, in place of giving some twice
};

/// Examples rank, rank + ranks, rank + 2 ranks, ... of an order that all ranks have in common: in each epoch
/// another one, which follows from the seed and from the loader's generator. So these generators have to be
/// in the same state on all ranks, as default generators are that were seeded alike; where they are not, the
/// program calls set_epoch. All ranks get as many examples: the first ones of the order are given twice where
/// it is too short. Throws where rank is not below ranks, and where the dataset is empty.
class DistributedSampler : public Sampler {
 public:
  DistributedSampler(std::int64_t n, int rank, int ranks, const DistributedSamplerOptions& options = {});
  DistributedSampler(const Dataset& dataset, int rank, int ranks,
                     const DistributedSamplerOptions& options = {})
      : DistributedSampler(dataset.size(), rank, ranks, options) {}

  std::vector<std::int64_t> indices(Generator& generator) const override;
  std::int64_t size() const override;
  /// From now on the order follows from the seed and this number alone, for all copies of the sampler.
  void set_epoch(std::int64_t epoch) const;

 private:
  std::int64_t n_;
  int rank_, ranks_;
  DistributedSamplerOptions options_;
  std::shared_ptr<std::atomic<std::int64_t>> epoch_;  // -1: none was set
};

}  // namespace xtape::datasets
