// Linear: the fully connected layer.
#pragma once

#include "nn/module/module.hpp"

namespace xtape::nn {

struct LinearOptions {
  bool bias = true;
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};

/// y = x W^T + b, x {..., in_features}, W {out_features, in_features}, b {out_features}. W and b start from
/// U(-1/sqrt(in_features), 1/sqrt(in_features)).
class Linear : public Module {
 public:
  Linear(std::int64_t in_features, std::int64_t out_features, const LinearOptions& options = {});

  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }
  const Tensor& bias() const { return *bias_; }  ///< undefined in a layer without bias
  /// See set_parameter: `head.set_weight(embedding.weight())` ties the two.
  void set_weight(const Tensor& weight) { set_parameter("weight", weight); }
  void set_bias(const Tensor& bias) { set_parameter("bias", bias); }
  std::int64_t in_features() const { return weight_->size(1); }
  std::int64_t out_features() const { return weight_->size(0); }

 private:
  Parameter weight_;
  Parameter bias_;
};

}  // namespace xtape::nn
