// OneCycleLR: the learning rate goes up to a maximum and far down again, the momentum the other way.
#pragma once

#include <optional>

#include "nn/optim/per_group.hpp"
#include "nn/optim/scheduler.hpp"

namespace xtape::optim {

struct OneCycleLROptions {
  PerGroup<double> max_lr = {};                  ///< to be set
  std::optional<std::int64_t> total_steps = {};  ///< to be set, unless epochs and steps_per_epoch are
  std::optional<std::int64_t> epochs = {};
  std::optional<std::int64_t> steps_per_epoch = {};
  double pct_start = 0.3;                    ///< the share of the steps on which lr goes up
  std::string_view anneal_strategy = "cos";  ///< or "linear"
  bool cycle_momentum = true;
  PerGroup<double> base_momentum = 0.85;
  PerGroup<double> max_momentum = 0.95;
  double div_factor = 25;
  double final_div_factor = 1e4;
  bool three_phase = false;
  std::int64_t last_epoch = -1;
};

/// From initial = max_lr / div_factor to max_lr on the first pct_start total_steps steps, then down to
/// initial / final_div_factor; with three phases back to initial first, on as many steps, then down. The
/// momentum (for Adam and its kin beta1) meanwhile goes from max_momentum to base_momentum and back. One step
/// per batch; more than total_steps are an Error (Smith and Topin, "Super-convergence", 2018).
class OneCycleLR : public LRScheduler {
 public:
  /// Throws for an optimiser that has neither momentum nor betas, unless cycle_momentum is off.
  OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options);
  OneCycleLR(Optimizer& optimizer, const PerGroup<double>& max_lr, std::int64_t total_steps)
      : OneCycleLR(optimizer, {.max_lr = max_lr, .total_steps = total_steps}) {}

 protected:
  const char* name() const override { return "OneCycleLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void stepped() override;
  void visit_state(const StateVisitor& f) override;
  void check_settings() const override;

 private:
  /// `levels` are the values where phases meet: between them the value at `step`.
  double annealed(const std::vector<double>& levels, std::int64_t step) const;
  std::string_view momentum_name() const;

  std::vector<double> max_lrs_, base_momentums_, max_momentums_;
  std::int64_t total_steps_;
  double pct_start_, final_div_factor_;
  bool linear_, cycle_momentum_, three_phase_;
};

}  // namespace xtape::optim
