// AdamW: Adam whose weight decay shrinks the parameters themselves and stays out of the running means.
#pragma once

#include "nn/optim/adam.hpp"

namespace xtape::optim {

struct AdamWOptions {
  double lr = 1e-3;
  Betas betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
  bool maximize = false;
};
struct AdamWParamGroup {
  std::vector<Tensor> params = {};
  std::optional<double> lr = {};
  OptionalBetas betas = {};
  std::optional<double> eps = {};
  std::optional<double> weight_decay = {};
  std::optional<bool> amsgrad = {};
  std::optional<bool> maximize = {};
  std::optional<double> initial_lr = {};
};

AdamWOptions merged(AdamWOptions defaults, const AdamWParamGroup& group);
/// Throws for negative numbers and for betas outside [0, 1).
void check_options(const AdamWOptions& options);
void visit(AdamWOptions& options, const std::function<void(std::string_view, double&)>& f);

/// p *= 1 - lr weight_decay, then Adam's step without weight decay (Loshchilov and Hutter, "Decoupled weight
/// decay regularization", 2019).
class AdamW : public GroupedOptimizer<AdamWOptions, AdamWParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "adamw"; }
  std::vector<std::string_view> slot_names() const override {
    return {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
  }
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;
};

}  // namespace xtape::optim
