// SGD: stochastic gradient descent with momentum.
#pragma once

#include <optional>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

struct SGDParamGroup {
  std::vector<Tensor> params = {};
  std::optional<double> lr = {};
  std::optional<double> momentum = {};
  std::optional<double> dampening = {};
  std::optional<double> weight_decay = {};
  std::optional<bool> nesterov = {};
  std::optional<bool> maximize = {};
  std::optional<double> initial_lr = {};
};

struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool maximize = false;

  static constexpr auto fields() {
    using O = SGDOptions;
    using G = SGDParamGroup;
    return list_fields(field("lr", &O::lr, &G::lr), field("momentum", &O::momentum, &G::momentum),
                       field("dampening", &O::dampening, &G::dampening),
                       field("weight_decay", &O::weight_decay, &G::weight_decay),
                       field("nesterov", &O::nesterov, &G::nesterov),
                       field("maximize", &O::maximize, &G::maximize));
  }
};

/// Throws for negative numbers, and for nesterov without momentum or with dampening.
void check_options(const SGDOptions& options);

/// d = g + weight_decay p;  v = momentum v + (1 - dampening) d, at first v = d;  p -= lr v, with nesterov
/// p -= lr (d + momentum v).
class SGD : public GroupedOptimizer<SGDOptions, SGDParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "sgd"; }
  State initial_state() const override;
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;
};

}  // namespace xtape::optim
