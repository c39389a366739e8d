// Adadelta: steps scaled by the running size of former steps over that of the gradients.
#pragma once

#include <optional>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

struct AdadeltaParamGroup {
  std::vector<Tensor> params = {};
  std::optional<double> lr = {};
  std::optional<double> rho = {};
  std::optional<double> eps = {};
  std::optional<double> weight_decay = {};
  std::optional<bool> maximize = {};
  std::optional<double> initial_lr = {};
};

struct AdadeltaOptions {
  double lr = 1;
  double rho = 0.9;
  double eps = 1e-6;
  double weight_decay = 0;
  bool maximize = false;

  static constexpr auto fields() {
    using O = AdadeltaOptions;
    using G = AdadeltaParamGroup;
    return list_fields(field("lr", &O::lr, &G::lr), field("rho", &O::rho, &G::rho),
                       field("eps", &O::eps, &G::eps),
                       field("weight_decay", &O::weight_decay, &G::weight_decay),
                       field("maximize", &O::maximize, &G::maximize));
  }
};

/// Throws for negative numbers, and for a rho above 1.
void check_options(const AdadeltaOptions& options);

/// d = g + weight_decay p;  s = rho s + (1 - rho) d^2;  u = sqrt(a + eps) / sqrt(s + eps) d;
/// a = rho a + (1 - rho) u^2;  p -= lr u (Zeiler, "ADADELTA: an adaptive learning rate method", 2012).
class Adadelta : public GroupedOptimizer<AdadeltaOptions, AdadeltaParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "adadelta"; }
  State initial_state() const override;
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;
};

}  // namespace xtape::optim
