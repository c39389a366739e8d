// Adam: steps scaled by running means of the gradient and of its square.
#pragma once

#include <optional>
#include <utility>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

using Betas = std::pair<double, double>;

/// Betas of a group, if set: `.betas = {0.9, 0.99}`.
class OptionalBetas {
 public:
  OptionalBetas() = default;
  OptionalBetas(double first, double second) : betas_({first, second}) {}
  OptionalBetas(const Betas& betas) : betas_(betas) {}  // NOLINT: implicit, as std::optional's own

  Betas value_or(const Betas& otherwise) const { return betas_.value_or(otherwise); }

 private:
  std::optional<Betas> betas_;
};

struct AdamOptions {
  double lr = 1e-3;
  Betas betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0;
  bool amsgrad = false;
  bool maximize = false;
};
struct AdamParamGroup {
  std::vector<Tensor> params = {};
  std::optional<double> lr = {};
  OptionalBetas betas = {};
  std::optional<double> eps = {};
  std::optional<double> weight_decay = {};
  std::optional<bool> amsgrad = {};
  std::optional<bool> maximize = {};
  std::optional<double> initial_lr = {};
};

/// Throws for betas outside [0, 1).
void check_betas(const Betas& betas, std::string_view op);

AdamOptions merged(AdamOptions defaults, const AdamParamGroup& group);
/// Throws for negative numbers and for betas outside [0, 1).
void check_options(const AdamOptions& options);
void visit(AdamOptions& options, const std::function<void(std::string_view, double&)>& f);

/// d = g + weight_decay p;  m = b1 m + (1 - b1) d;  v = b2 v + (1 - b2) d^2, both from 0;
/// p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) at step t. With amsgrad, v's greatest value so far
/// is taken.
class Adam : public GroupedOptimizer<AdamOptions, AdamParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "adam"; }
  std::vector<std::string_view> slot_names() const override {
    return {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
  }
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;
};

}  // namespace xtape::optim
