// OneCycleLR's phases.
#include "nn/optim/schedules/one_cycle.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

namespace {

constexpr std::string_view kBeta = "beta1", kMomentum = "momentum";

std::int64_t steps_of(const OneCycleLROptions& options) {
  if (options.total_steps) return *options.total_steps;
  check(options.epochs.has_value() && options.steps_per_epoch.has_value(),
        "OneCycleLR: set total_steps, or epochs and steps_per_epoch");
  check(*options.epochs >= 1, "OneCycleLR: epochs is {}; expected 1 or more", *options.epochs);
  check(*options.steps_per_epoch >= 1, "OneCycleLR: steps_per_epoch is {}; expected 1 or more",
        *options.steps_per_epoch);
  std::int64_t steps = 0;
  check(!__builtin_mul_overflow(*options.epochs, *options.steps_per_epoch, &steps),
        "OneCycleLR: {} epochs of {} steps are too many", *options.epochs, *options.steps_per_epoch);
  return steps;
}

/// The options with all that is to be known of them.
OneCycleLROptions complete(OneCycleLROptions options, std::size_t groups) {
  give_to_groups(options.max_lr, groups, "OneCycleLR", "max_lr");
  give_to_groups(options.base_momentum, groups, "OneCycleLR", "base_momentum");
  give_to_groups(options.max_momentum, groups, "OneCycleLR", "max_momentum");
  options.total_steps = steps_of(options);
  options.anneal_strategy.check_word("OneCycleLR", "anneal_strategy");
  check(options.div_factor > 0, "OneCycleLR: div_factor is {}; expected above 0", options.div_factor);
  return options;
}

}  // namespace

OneCycleLR::OneCycleLR(Optimizer& optimizer, const OneOrMore<double>& max_lr, std::int64_t total_steps,
                       const OneCycleLROptions& options)
    : OneCycleLR(optimizer, max_lr, with(options, &OneCycleLROptions::total_steps, total_steps)) {}

OneCycleLR::OneCycleLR(Optimizer& optimizer, const OneOrMore<double>& max_lr,
                       const OneCycleLROptions& options)
    : OneCycleLR(optimizer, with(options, &OneCycleLROptions::max_lr, max_lr)) {}

OneCycleLR::OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options)
    : ScheduleOf(optimizer, complete(options, optimizer.num_groups())) {
  check(!options.cycle_momentum || optimizer.has_option(kBeta) || optimizer.has_option(kMomentum),
        "OneCycleLR: the optimiser has neither momentum nor betas; set .cycle_momentum = false");
  std::vector<double> initial_lrs;
  if (options.last_epoch == -1) {
    for (const double max_lr : settings().max_lr.values()) initial_lrs.push_back(max_lr / options.div_factor);
  }
  start(std::move(initial_lrs));
}

double OneCycleLR::annealed(const std::vector<double>& levels, std::int64_t step) const {
  const auto steps = static_cast<double>(*settings().total_steps), now = static_cast<double>(step);
  std::vector<double> ends{settings().pct_start * steps - 1, steps - 1};
  if (settings().three_phase) ends.insert(ends.begin() + 1, 2 * settings().pct_start * steps - 2);
  std::size_t phase = 0;
  while (phase + 1 < ends.size() && now > ends[phase]) ++phase;

  const double begin = phase == 0 ? 0 : ends[phase - 1], length = ends[phase] - begin;
  const double share = length == 0 ? 1 : (now - begin) / length;  // a phase of no length is over at once
  const double from = levels[phase], to = levels[phase + 1];
  if (settings().anneal_strategy.value() == Anneal::linear) return (to - from) * share + from;
  return to + (from - to) / 2 * (std::cos(std::numbers::pi * share) + 1);
}

double OneCycleLR::lr_at(std::int64_t epoch, std::size_t group, double lr) const {
  check(epoch <= *settings().total_steps, "OneCycleLR: step {} is one too many; total_steps is {}", epoch,
        *settings().total_steps);
  if (group >= base_lrs().size()) return lr;
  const double initial = base_lrs()[group], greatest = settings().max_lr.values()[group],
               least = initial / settings().final_div_factor;
  return settings().three_phase ? annealed({initial, greatest, initial, least}, epoch)
                                : annealed({initial, greatest, least}, epoch);
}

std::string_view OneCycleLR::momentum_name() const {
  return optimizer().has_option(kBeta) ? kBeta : kMomentum;
}

void OneCycleLR::stepped() {
  if (!settings().cycle_momentum) return;
  for (std::size_t group = 0; group < settings().max_momentum.values().size(); ++group) {
    const double low = settings().base_momentum.values()[group],
                 high = settings().max_momentum.values()[group];
    optimizer().set_option(group, momentum_name(), annealed({high, low, high, high}, last_epoch()));
  }
}

void OneCycleLR::check_settings() const {
  check(*settings().total_steps >= 1, "OneCycleLR: total_steps is {}; expected 1 or more",
        *settings().total_steps);
  check(settings().pct_start >= 0 && settings().pct_start <= 1,
        "OneCycleLR: pct_start is {}; expected a number from 0 to 1", settings().pct_start);
  check(settings().final_div_factor > 0, "OneCycleLR: final_div_factor is {}; expected above 0",
        settings().final_div_factor);
  const std::size_t groups = base_lrs().size();
  check(settings().max_lr.values().size() == groups && settings().base_momentum.values().size() == groups &&
            settings().max_momentum.values().size() == groups,
        "OneCycleLR: {} max_lrs, {} base_momentums and {} max_momentums for {} groups; expected as many of "
        "each",
        settings().max_lr.values().size(), settings().base_momentum.values().size(),
        settings().max_momentum.values().size(), groups);
  for (const double lr : settings().max_lr.values()) check_not_negative(lr, "max_lr", "OneCycleLR");
  if (!settings().cycle_momentum) return;
  const double limit = momentum_name() == kBeta ? 1 : std::numeric_limits<double>::infinity();
  for (const std::vector<double>& momentums :
       {settings().base_momentum.values(), settings().max_momentum.values()}) {
    for (const double momentum : momentums) {
      check(momentum >= 0 && momentum < limit,
            "OneCycleLR: a {} of the cycle is {}; expected 0 or more, below {}", momentum_name(), momentum,
            limit);
    }
  }
}

}  // namespace xtape::optim
