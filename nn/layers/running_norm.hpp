// BatchNorm and InstanceNorm: the layers that may keep running statistics.
#pragma once

#include <optional>

#include "nn/module/module.hpp"

namespace xtape::nn {

struct BatchNormOptions {
  double eps = 1e-5;
  std::optional<double> momentum = 0.1;  ///< std::nullopt: the mean of all batches so far
  bool affine = true;                    ///< whether there is a weight, at first 1, and a bias, at first 0
  bool track_running_stats = true;       ///< without them evaluation takes the statistics of its own batch
  DType dtype = kFloat32;
};

struct InstanceNormOptions {
  double eps = 1e-5;
  std::optional<double> momentum = 0.1;
  bool affine = false;
  bool track_running_stats = false;
  DType dtype = kFloat32;
};

/// What these layers have in common. state_dict() has "weight", "bias", "running_mean", "running_var" and the
/// int64 "num_batches_tracked", as far as the options ask for them.
class RunningNorm : public Module {
 public:
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }  ///< undefined unless affine, as bias
  const Tensor& bias() const { return *bias_; }
  const Tensor& running_mean() const {
    return *running_mean_;
  }  ///< undefined unless tracked, as the next two
  const Tensor& running_var() const { return *running_var_; }
  const Tensor& num_batches_tracked() const { return *num_batches_tracked_; }
  std::int64_t num_features() const { return num_features_; }
  /// Means to 0, variances to 1, and no batches tracked.
  void reset_running_stats();

 protected:
  RunningNorm(std::int64_t num_features, const BatchNormOptions& options);
  RunningNorm(const RunningNorm&) = default;
  RunningNorm& operator=(const RunningNorm&) = default;

  /// Throws unless x has as many dims as `least` to `most`, and num_features channels in dim `channel`.
  void check_input(const Tensor& x, std::int64_t least, std::int64_t most, std::int64_t channel,
                   std::string_view expected) const;
  Tensor batch_norm(const Tensor& x);
  Tensor instance_norm(const Tensor& x, std::int64_t batched_dims);

 private:
  std::int64_t num_features_;
  BatchNormOptions options_;
  Parameter weight_, bias_;
  Buffer running_mean_, running_var_, num_batches_tracked_;
};

/// What the batch norms have in common, for what looks for them in a model.
class BatchNorm : public RunningNorm {
 protected:
  using RunningNorm::RunningNorm;
  BatchNorm(const BatchNorm&) = default;
  BatchNorm& operator=(const BatchNorm&) = default;
};

/// Each channel of x {N, C} or {N, C, L} to mean 0 and variance 1: of the batch in training, which also moves
/// the running ones, and of the running ones in evaluation. Then times the weight {C}, plus the bias {C}.
class BatchNorm1d : public BatchNorm {
 public:
  explicit BatchNorm1d(std::int64_t num_features, const BatchNormOptions& options = {})
      : BatchNorm(num_features, options) {}
  Tensor forward(const Tensor& x) override;
};

/// The same of x {N, C, H, W}.
class BatchNorm2d : public BatchNorm {
 public:
  explicit BatchNorm2d(std::int64_t num_features, const BatchNormOptions& options = {})
      : BatchNorm(num_features, options) {}
  Tensor forward(const Tensor& x) override;
};

/// Each image and channel of x {N, C, L} or {C, L} to mean 0 and variance 1.
class InstanceNorm1d : public RunningNorm {
 public:
  explicit InstanceNorm1d(std::int64_t num_features, const InstanceNormOptions& options = {});
  Tensor forward(const Tensor& x) override;
};

/// The same of x {N, C, H, W} or {C, H, W}.
class InstanceNorm2d : public RunningNorm {
 public:
  explicit InstanceNorm2d(std::int64_t num_features, const InstanceNormOptions& options = {});
  Tensor forward(const Tensor& x) override;
};

/// While one lives, the batch norms that its thread calls in training keep the mean of all batches, as
/// without a momentum.
class CumulativeStatistics {
 public:
  CumulativeStatistics();
  ~CumulativeStatistics();
  CumulativeStatistics(const CumulativeStatistics&) = delete;
  CumulativeStatistics& operator=(const CumulativeStatistics&) = delete;

 private:
  bool before_;
};

}  // namespace xtape::nn
