// RMSprop: steps scaled by a running mean of the squared gradient.
#pragma once

#include <optional>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

struct RMSpropParamGroup {
  std::vector<Tensor> params = {};
  std::optional<double> lr = {};
  std::optional<double> alpha = {};
  std::optional<double> eps = {};
  std::optional<double> weight_decay = {};
  std::optional<double> momentum = {};
  std::optional<bool> centered = {};
  std::optional<bool> maximize = {};
  std::optional<double> initial_lr = {};
};

struct RMSpropOptions {
  double lr = 1e-2;
  double alpha = 0.99;
  double eps = 1e-8;
  double weight_decay = 0;
  double momentum = 0;
  bool centered = false;
  bool maximize = false;

  static constexpr auto fields() {
    using O = RMSpropOptions;
    using G = RMSpropParamGroup;
    return list_fields(
        field("lr", &O::lr, &G::lr), field("alpha", &O::alpha, &G::alpha), field("eps", &O::eps, &G::eps),
        field("weight_decay", &O::weight_decay, &G::weight_decay),
        field("momentum", &O::momentum, &G::momentum), field("centered", &O::centered, &G::centered),
        field("maximize", &O::maximize, &G::maximize));
  }
};

/// Throws for negative numbers and for an alpha outside [0, 1].
void check_options(const RMSpropOptions& options);

/// d = g + weight_decay p;  s = alpha s + (1 - alpha) d^2 from 0;  p -= lr d / (sqrt(s) + eps). Centered: s
/// is less the square of the running mean of d, an estimate of the variance. With momentum: v = momentum v +
/// d / (sqrt(s) + eps);  p -= lr v
class RMSprop : public GroupedOptimizer<RMSpropOptions, RMSpropParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "rmsprop"; }
  State initial_state() const override;
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;
};

}  // namespace xtape::optim
