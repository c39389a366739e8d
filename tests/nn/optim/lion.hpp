// Lion, an optimiser of a program's own, made of the public headers alone. docs/adding_an_optimiser.md quotes
// it.
#pragma once

#include <xtape/optim.hpp>

namespace xtape::testing {

struct LionOptions {
  double lr = 1e-4;
  optim::Betas betas = {0.9, 0.99};
  double weight_decay = 0;
};

/// Steps of one size, by the sign of a running mean of the gradient (Chen and others, "Symbolic discovery of
/// optimization algorithms", 2023).
struct Lion : optim::Optimizer {
  explicit Lion(const std::vector<Tensor>& params, const LionOptions& o = {})
      : Optimizer(params, values(o)) {}
  Lion(const std::vector<Tensor>& params, Number auto lr)
      : Lion(params, LionOptions{.lr = static_cast<double>(lr)}) {}
  explicit Lion(const std::vector<ValuesGroup>& groups, const LionOptions& o = {})
      : Optimizer(groups, values(o)) {}

 protected:
  static optim::Values values(const LionOptions& o) {
    const auto [beta1, beta2] = o.betas;
    return {{"lr", o.lr}, {"beta1", beta1}, {"beta2", beta2}, {"weight_decay", o.weight_decay}};
  }
  const char* name() const override { return "lion"; }
  State initial_state() const override { return {{"exp_avg", Tensor()}}; }
  void update(std::size_t group, const Tensor& p, const Tensor& g, State& state) override {
    const double lr = option(group, "lr"), b1 = option(group, "beta1"), b2 = option(group, "beta2");
    Tensor& mean = state.zeros("exp_avg", p);
    p *= 1 - lr * option(group, "weight_decay");
    p -= lr * sign(b1 * mean + (1 - b1) * g);
    mean = b2 * mean + (1 - b2) * g;
  }
};

}  // namespace xtape::testing
