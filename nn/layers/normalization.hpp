// LayerNorm, GroupNorm and RMSNorm: the same in training and in evaluation.
#pragma once

#include <initializer_list>
#include <optional>

#include "nn/module/module.hpp"

namespace xtape::nn {

struct LayerNormOptions {
  double eps = 1e-5;
  bool elementwise_affine = true;  ///< whether there is a weight, at first 1, and a bias, at first 0
  bool bias = true;
  DType dtype = kFloat32;
};

/// x to mean 0 and variance 1 over its last dims, whose sizes are `normalized_shape`, then times the weight,
/// plus the bias.
class LayerNorm : public Module {
 public:
  explicit LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options = {});
  template <Integer I>
  explicit LayerNorm(std::initializer_list<I> normalized_shape, const LayerNormOptions& options = {})
      : LayerNorm(Shape(normalized_shape.begin(), normalized_shape.end()), options) {}

  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }
  const Tensor& bias() const { return *bias_; }

 private:
  Shape normalized_shape_;
  LayerNormOptions options_;
  Parameter weight_, bias_;
};

struct GroupNormOptions {
  double eps = 1e-5;
  bool affine = true;
  DType dtype = kFloat32;
};

/// Each image of x {N, C, ...} and each group of neighbouring channels to mean 0 and variance 1, then times
/// the weight {C}, plus the bias {C}. Throws where the channels do not fall into so many groups.
class GroupNorm : public Module {
 public:
  GroupNorm(std::int64_t num_groups, std::int64_t num_channels, const GroupNormOptions& options = {});

  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }
  const Tensor& bias() const { return *bias_; }

 private:
  std::int64_t num_groups_, num_channels_;
  GroupNormOptions options_;
  Parameter weight_, bias_;
};

struct RMSNormOptions {
  std::optional<double> eps = std::nullopt;  ///< the machine epsilon of x's dtype where left out
  bool elementwise_affine = true;            ///< whether there is a weight, at first 1
  DType dtype = kFloat32;
};

/// x / sqrt(mean(x^2) + eps) over its last dims, whose sizes are `normalized_shape`, times the weight.
class RMSNorm : public Module {
 public:
  explicit RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options = {});
  template <Integer I>
  explicit RMSNorm(std::initializer_list<I> normalized_shape, const RMSNormOptions& options = {})
      : RMSNorm(Shape(normalized_shape.begin(), normalized_shape.end()), options) {}

  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }

 private:
  Shape normalized_shape_;
  RMSNormOptions options_;
  Parameter weight_;
};

}  // namespace xtape::nn
