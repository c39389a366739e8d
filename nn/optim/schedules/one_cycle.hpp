// OneCycleLR: the learning rate goes up to a maximum and far down again, the momentum the other way.
#pragma once

#include <array>
#include <optional>

#include "nn/optim/schedules/schedule.hpp"

namespace xtape::optim {

enum class Anneal { cos, linear };
constexpr std::array<std::string_view, 2> words(Anneal) { return {"cos", "linear"}; }

struct OneCycleLROptions {
  OneOrMore<double> max_lr = {};                 ///< to be set
  std::optional<std::int64_t> total_steps = {};  ///< to be set, unless epochs and steps_per_epoch are
  std::optional<std::int64_t> epochs = {};
  std::optional<std::int64_t> steps_per_epoch = {};
  double pct_start = 0.3;  ///< the share of the steps on which lr goes up
  Choice<Anneal> anneal_strategy = Anneal::cos;
  bool cycle_momentum = true;
  OneOrMore<double> base_momentum = 0.85;
  OneOrMore<double> max_momentum = 0.95;
  double div_factor = 25;
  double final_div_factor = 1e4;
  bool three_phase = false;
  std::int64_t last_epoch = -1;

  static constexpr auto fields() {
    using O = OneCycleLROptions;
    return list_fields(
        field("max_lr", &O::max_lr).saved_as("max_lrs"), field("total_steps", &O::total_steps),
        field("epochs", &O::epochs).unsaved(), field("steps_per_epoch", &O::steps_per_epoch).unsaved(),
        field("pct_start", &O::pct_start),
        field("anneal_strategy", &O::anneal_strategy).saved_as("anneal_linear"),
        field("cycle_momentum", &O::cycle_momentum),
        field("base_momentum", &O::base_momentum).saved_as("base_momentums"),
        field("max_momentum", &O::max_momentum).saved_as("max_momentums"),
        field("div_factor", &O::div_factor).unsaved(), field("final_div_factor", &O::final_div_factor),
        field("three_phase", &O::three_phase), field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// From initial = max_lr / div_factor to max_lr on the first pct_start total_steps steps, then down to
/// initial / final_div_factor; with three phases back to initial first, on as many steps, then down. The
/// momentum (for Adam and its kin beta1) meanwhile goes from max_momentum to base_momentum and back. One step
/// per batch; more than total_steps are an Error (Smith and Topin, "Super-convergence", 2018).
class OneCycleLR : public ScheduleOf<OneCycleLROptions> {
 public:
  /// Throws for an optimiser that has neither momentum nor betas, unless cycle_momentum is off.
  OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options);
  OneCycleLR(Optimizer& optimizer, const OneOrMore<double>& max_lr, std::int64_t total_steps,
             const OneCycleLROptions& options = {});
  OneCycleLR(Optimizer& optimizer, const OneOrMore<double>& max_lr, const OneCycleLROptions& options);

 protected:
  const char* name() const override { return "OneCycleLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void stepped() override;
  void check_settings() const override;

 private:
  /// `levels` are the values where phases meet: between them the value at `step`.
  double annealed(const std::vector<double>& levels, std::int64_t step) const;
  std::string_view momentum_name() const;
};

}  // namespace xtape::optim
