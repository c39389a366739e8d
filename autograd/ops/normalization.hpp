// Batch, layer, group, instance and RMS norm: x made to mean 0 and variance 1, then scaled and moved.
#pragma once

#include <optional>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

// Everywhere below y = (x - mean) / sqrt(variance + eps) weight + bias, of float32 or float64; the variance
// is the biased one. A weight that is left out, or undefined, counts as 1, such a bias as 0.

struct BatchNormFuncOptions {
  bool training = false;
  double momentum = 0.1;
  double eps = 1e-5;
};
/// x {N, C, ...}, the rest {C}. In training each channel has the mean and variance of its elements, of which
/// it needs two or more, and running_mean and running_var move towards them in place (to the unbiased
/// variance); both may be undefined. Else the running ones are taken.
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const BatchNormFuncOptions& options = {});
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const Tensor& weight, const BatchNormFuncOptions& options = {});
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const Tensor& weight, const Tensor& bias, const BatchNormFuncOptions& options = {});

struct InstanceNormFuncOptions {
  bool use_input_stats = true;
  double momentum = 0.1;
  double eps = 1e-5;
};
/// x {N, C, ...}: each image and channel by itself. The running ones move to the means of the images' own.
Tensor instance_norm(const Tensor& x, const InstanceNormFuncOptions& options = {});
Tensor instance_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                     const InstanceNormFuncOptions& options = {});
Tensor instance_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                     const Tensor& weight, const Tensor& bias, const InstanceNormFuncOptions& options = {});

struct GroupNormFuncOptions {
  double eps = 1e-5;
};
/// x {N, C, ...}: each image and each of `groups` groups of neighbouring channels by itself; weight, bias
/// {C}.
Tensor group_norm(const Tensor& x, std::int64_t groups, const GroupNormFuncOptions& options = {});
Tensor group_norm(const Tensor& x, std::int64_t groups, const Tensor& weight,
                  const GroupNormFuncOptions& options = {});
Tensor group_norm(const Tensor& x, std::int64_t groups, const Tensor& weight, const Tensor& bias,
                  const GroupNormFuncOptions& options = {});

struct LayerNormFuncOptions {
  double eps = 1e-5;
};
/// Over the last dims, whose sizes are `normalized_shape`; weight and bias are of that shape.
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const LayerNormFuncOptions& options = {});
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight,
                  const LayerNormFuncOptions& options = {});
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight, const Tensor& bias,
                  const LayerNormFuncOptions& options = {});

struct RMSNormFuncOptions {
  std::optional<double> eps = std::nullopt;  ///< the machine epsilon of x's dtype where left out
};
/// y = x / sqrt(mean(x^2) + eps) weight over the last dims, whose sizes are `normalized_shape`.
Tensor rms_norm(const Tensor& x, const Shape& normalized_shape, const RMSNormFuncOptions& options = {});
Tensor rms_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight,
                const RMSNormFuncOptions& options = {});

}  // namespace xtape
