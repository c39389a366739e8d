// AdamW: Adam whose weight decay shrinks the parameters themselves and stays out of the running means.
#pragma once

#include "nn/optim/adam.hpp"

namespace xtape::optim {

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

struct AdamWOptions {
  double lr = 1e-3;
  Betas betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
  bool maximize = false;

  static constexpr auto fields() {
    using O = AdamWOptions;
    using G = AdamWParamGroup;
    return list_fields(
        field("lr", &O::lr, &G::lr), field("betas", &O::betas, &G::betas), field("eps", &O::eps, &G::eps),
        field("weight_decay", &O::weight_decay, &G::weight_decay), field("amsgrad", &O::amsgrad, &G::amsgrad),
        field("maximize", &O::maximize, &G::maximize));
  }
};

/// Throws for negative numbers and for betas outside [0, 1).
void check_options(const AdamWOptions& options);

/// p *= 1 - lr weight_decay, then Adam's step without weight decay (Loshchilov and Hutter, "Decoupled weight
/// decay regularization", 2019).
class AdamW : public GroupedOptimizer<AdamWOptions, AdamWParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "adamw"; }
  State initial_state() const override;
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;

 private:
  BiasCorrections corrections_;
};

}  // namespace xtape::optim
