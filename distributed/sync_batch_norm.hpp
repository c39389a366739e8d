// SyncBatchNorm: batch norm whose batch is that of all ranks together.
#pragma once

#include "distributed/world.hpp"
#include "nn/layers/running_norm.hpp"

namespace xtape::distributed {

/// As nn::BatchNorm1d and nn::BatchNorm2d, of x {N, C, ...}, but in training each channel has the mean and
/// variance of its elements on all ranks, whose batches may be of different sizes. Gradients flow through
/// them, to all ranks, any number of times; every rank has to replay alike. The state is that of a BatchNorm.
/// Under CumulativeStatistics the running ones still move by the momentum.
class SyncBatchNorm : public nn::BatchNorm {
 public:
  /// The world must outlive the layer and its copies.
  SyncBatchNorm(World& world, std::int64_t num_features, const nn::BatchNormOptions& options = {});

  Tensor forward(const Tensor& x) override;

 private:
  Tensor normalized(const Tensor& x);
  void follow(const Tensor& mean, const Tensor& unbiased_variance) const;

  World* world_;
  nn::BatchNormOptions options_;
};

/// The sum of x over all ranks, on all of them, recorded: its gradient is the sum of the ranks' gradients.
Tensor sum_over_ranks(World& world, const Tensor& x);

}  // namespace xtape::distributed
