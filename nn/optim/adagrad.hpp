// Adagrad: steps scaled by the sum of all squared gradients so far.
#pragma once

#include <optional>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

struct AdagradParamGroup {
  std::vector<Tensor> params = {};
  std::optional<double> lr = {};
  std::optional<double> lr_decay = {};
  std::optional<double> weight_decay = {};
  std::optional<double> initial_accumulator_value = {};
  std::optional<double> eps = {};
  std::optional<bool> maximize = {};
  std::optional<double> initial_lr = {};
};

struct AdagradOptions {
  double lr = 1e-2;
  double lr_decay = 0;
  double weight_decay = 0;
  double initial_accumulator_value = 0;
  double eps = 1e-10;
  bool maximize = false;

  static constexpr auto fields() {
    using O = AdagradOptions;
    using G = AdagradParamGroup;
    return list_fields(
        field("lr", &O::lr, &G::lr), field("lr_decay", &O::lr_decay, &G::lr_decay),
        field("weight_decay", &O::weight_decay, &G::weight_decay),
        field("initial_accumulator_value", &O::initial_accumulator_value, &G::initial_accumulator_value),
        field("eps", &O::eps, &G::eps), field("maximize", &O::maximize, &G::maximize));
  }
};

/// Throws for negative numbers.
void check_options(const AdagradOptions& options);

/// d = g + weight_decay p;  s += d^2 from initial_accumulator_value;
/// p -= lr / (1 + (t - 1) lr_decay) d / (sqrt(s) + eps) at step t.
class Adagrad : public GroupedOptimizer<AdagradOptions, AdagradParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "adagrad"; }
  State initial_state() const override;
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;
};

}  // namespace xtape::optim
