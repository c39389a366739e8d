// Adam: steps scaled by running means of the gradient and of its square.
#pragma once

#include <optional>
#include <utility>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

using Betas = std::pair<double, double>;

/// Betas of a group, if set: `.betas = {0.9, 0.99}`, for which a std::optional alone wants more braces.
struct OptionalBetas : std::optional<Betas> {
  OptionalBetas() = default;
  OptionalBetas(double first, double second) : optional(Betas(first, second)) {}
  OptionalBetas(const Betas& betas) : optional(betas) {}  // NOLINT: implicit, as std::optional's own
};

/// 1 - b1^t and sqrt(1 - b2^t). Most parameters of a step share t, so that the last ones are kept.
struct BiasCorrections {
  void work_out(const Betas& new_betas, std::int64_t new_t);

  Betas betas = {0, 0};
  std::int64_t t = 0;
  double first = 0, second_root = 0;
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

struct AdamOptions {
  double lr = 1e-3;
  Betas betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0;
  bool amsgrad = false;
  bool maximize = false;

  static constexpr auto fields() {
    using O = AdamOptions;
    using G = AdamParamGroup;
    return list_fields(
        field("lr", &O::lr, &G::lr), field("betas", &O::betas, &G::betas), field("eps", &O::eps, &G::eps),
        field("weight_decay", &O::weight_decay, &G::weight_decay), field("amsgrad", &O::amsgrad, &G::amsgrad),
        field("maximize", &O::maximize, &G::maximize));
  }
};

/// Throws for betas outside [0, 1).
void check_betas(const Betas& betas, std::string_view op);

/// Throws for negative numbers and for betas outside [0, 1).
void check_options(const AdamOptions& options);

/// d = g + weight_decay p;  m = b1 m + (1 - b1) d;  v = b2 v + (1 - b2) d^2, both from 0;
/// p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) at step t. With amsgrad, v's greatest value so far
/// is taken.
class Adam : public GroupedOptimizer<AdamOptions, AdamParamGroup> {
 public:
  using GroupedOptimizer::GroupedOptimizer;

 protected:
  const char* name() const override { return "adam"; }
  State initial_state() const override;
  void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) override;

 private:
  BiasCorrections corrections_;
};

}  // namespace xtape::optim
