// The piecewise activation functions as modules.
#pragma once

#include "nn/layers/activation.hpp"

namespace xtape::nn {

using ReLU6Options = InplaceOptions;
using xtape::HardtanhOptions;

struct PReLUOptions {
  std::int64_t num_parameters = 1;  ///< 1, or the number of channels
  double init = 0.25;
  DType dtype = kFloat32;
};

/// y = x limited to [min_val, max_val]
class Hardtanh : public Module {
 public:
  explicit Hardtanh(const HardtanhOptions& options = {});
  Hardtanh(double min_val, double max_val, bool inplace = false)
      : Hardtanh(HardtanhOptions{min_val, max_val, inplace}) {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  HardtanhOptions options_;
};

/// y = x limited to [0, 6]
struct ReLU6 : InplaceActivation<relu6, relu6_> {
  using InplaceActivation::InplaceActivation;
};

/// y = (x + 3) / 6, limited to [0, 1]
struct Hardsigmoid : InplaceActivation<hardsigmoid, hardsigmoid_> {
  using InplaceActivation::InplaceActivation;
};

/// y = x hardsigmoid(x)
struct Hardswish : InplaceActivation<hardswish, hardswish_> {
  using InplaceActivation::InplaceActivation;
};

/// y = x where x > 0, else weight x, with a weight that is learnt: one, or one for each channel (dim 1).
class PReLU : public Module {
 public:
  explicit PReLU(const PReLUOptions& options = {});
  explicit PReLU(std::int64_t num_parameters) : PReLU(PReLUOptions{.num_parameters = num_parameters}) {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }
  void set_weight(const Tensor& weight) { set_parameter("weight", weight); }

 private:
  Parameter weight_;
};

}  // namespace xtape::nn
