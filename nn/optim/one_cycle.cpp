// OneCycleLR's phases.
#include "nn/optim/one_cycle.hpp"

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

}  // namespace

OneCycleLR::OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options)
    : LRScheduler(optimizer),
      max_lrs_(options.max_lr.expanded(optimizer.num_groups(), "OneCycleLR", "max_lr")),
      base_momentums_(options.base_momentum.expanded(optimizer.num_groups(), "OneCycleLR", "base_momentum")),
      max_momentums_(options.max_momentum.expanded(optimizer.num_groups(), "OneCycleLR", "max_momentum")),
      total_steps_(steps_of(options)),
      pct_start_(options.pct_start),
      final_div_factor_(options.final_div_factor),
      linear_(options.anneal_strategy == "linear"),
      cycle_momentum_(options.cycle_momentum),
      three_phase_(options.three_phase) {
  check(linear_ || options.anneal_strategy == "cos",
        "OneCycleLR: anneal_strategy is \"{}\"; expected \"cos\" or \"linear\"", options.anneal_strategy);
  check(options.div_factor > 0, "OneCycleLR: div_factor is {}; expected above 0", options.div_factor);
  check(!cycle_momentum_ || optimizer.has_option(kBeta) || optimizer.has_option(kMomentum),
        "OneCycleLR: the optimiser has neither momentum nor betas; set .cycle_momentum = false");
  std::vector<double> initial_lrs;
  if (options.last_epoch == -1) {
    for (const double max_lr : max_lrs_) initial_lrs.push_back(max_lr / options.div_factor);
  }
  start(options.last_epoch, std::move(initial_lrs));
}

double OneCycleLR::annealed(const std::vector<double>& levels, std::int64_t step) const {
  const auto steps = static_cast<double>(total_steps_), now = static_cast<double>(step);
  std::vector<double> ends{pct_start_ * steps - 1, steps - 1};
  if (three_phase_) ends.insert(ends.begin() + 1, 2 * pct_start_ * steps - 2);
  std::size_t phase = 0;
  while (phase + 1 < ends.size() && now > ends[phase]) ++phase;

  const double begin = phase == 0 ? 0 : ends[phase - 1], length = ends[phase] - begin;
  const double share = length == 0 ? 1 : (now - begin) / length;  // a phase of no length is over at once
  const double from = levels[phase], to = levels[phase + 1];
  if (linear_) return (to - from) * share + from;
  return to + (from - to) / 2 * (std::cos(std::numbers::pi * share) + 1);
}

double OneCycleLR::lr_at(std::int64_t epoch, std::size_t group, double lr) const {
  check(epoch <= total_steps_, "OneCycleLR: step {} is one too many; total_steps is {}", epoch, total_steps_);
  if (group >= base_lrs().size()) return lr;
  const double initial = base_lrs()[group], greatest = max_lrs_[group], least = initial / final_div_factor_;
  return three_phase_ ? annealed({initial, greatest, initial, least}, epoch)
                      : annealed({initial, greatest, least}, epoch);
}

std::string_view OneCycleLR::momentum_name() const {
  return optimizer().has_option(kBeta) ? kBeta : kMomentum;
}

void OneCycleLR::stepped() {
  if (!cycle_momentum_) return;
  for (std::size_t group = 0; group < max_momentums_.size(); ++group) {
    const double low = base_momentums_[group], high = max_momentums_[group];
    optimizer().set_option(group, momentum_name(), annealed({high, low, high, high}, last_epoch()));
  }
}

void OneCycleLR::visit_state(const StateVisitor& f) {
  LRScheduler::visit_state(f);
  f("max_lrs", &max_lrs_);
  f("total_steps", &total_steps_);
  f("pct_start", &pct_start_);
  f("anneal_linear", &linear_);
  f("cycle_momentum", &cycle_momentum_);
  f("base_momentums", &base_momentums_);
  f("max_momentums", &max_momentums_);
  f("final_div_factor", &final_div_factor_);
  f("three_phase", &three_phase_);
}

void OneCycleLR::check_settings() const {
  check(total_steps_ >= 1, "OneCycleLR: total_steps is {}; expected 1 or more", total_steps_);
  check(pct_start_ >= 0 && pct_start_ <= 1, "OneCycleLR: pct_start is {}; expected a number from 0 to 1",
        pct_start_);
  check(final_div_factor_ > 0, "OneCycleLR: final_div_factor is {}; expected above 0", final_div_factor_);
  const std::size_t groups = base_lrs().size();
  check(max_lrs_.size() == groups && base_momentums_.size() == groups && max_momentums_.size() == groups,
        "OneCycleLR: {} max_lrs, {} base_momentums and {} max_momentums for {} groups; expected as many of "
        "each",
        max_lrs_.size(), base_momentums_.size(), max_momentums_.size(), groups);
  for (const double lr : max_lrs_) check_not_negative(lr, "max_lr", "OneCycleLR");
  if (!cycle_momentum_) return;
  const double limit = momentum_name() == kBeta ? 1 : std::numeric_limits<double>::infinity();
  for (const std::vector<double>& momentums : {base_momentums_, max_momentums_}) {
    for (const double momentum : momentums) {
      check(momentum >= 0 && momentum < limit,
            "OneCycleLR: a {} of the cycle is {}; expected 0 or more, below {}", momentum_name(), momentum,
            limit);
    }
  }
}

}  // namespace xtape::optim
