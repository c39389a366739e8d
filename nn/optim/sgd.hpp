// SGD: stochastic gradient descent with momentum.
#pragma once

#include <optional>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool maximize = false;
};
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

SGDOptions merged(SGDOptions defaults, const SGDParamGroup& group);
/// Throws for negative numbers, and for nesterov without momentum or with dampening.
void check_options(const SGDOptions& options);
void visit(SGDOptions& options, const std::function<void(std::string_view, double&)>& f);

/// d = g + weight_decay p;  v = momentum v + (1 - dampening) d, at first v = d;  p -= lr v, with nesterov
/// p -= lr (d + momentum v).
class SGD : public GroupedOptimizer<SGDOptions, SGDParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "sgd"; }
  std::vector<std::string_view> slot_names() const override { return {"momentum_buffer"}; }
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;
};

}  // namespace xtape::optim
