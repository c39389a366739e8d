// When ReduceLROnPlateau calls a metric better, and what it does when it is not.
#include "nn/optim/schedules/reduce_on_plateau.hpp"

#include <algorithm>
#include <limits>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

ReduceLROnPlateauOptions complete(ReduceLROnPlateauOptions options, std::size_t groups) {
  options.mode.check_word("ReduceLROnPlateau", "mode");
  options.threshold_mode.check_word("ReduceLROnPlateau", "threshold_mode");
  give_to_groups(options.min_lr, groups, "ReduceLROnPlateau", "min_lr");
  return options;
}

}  // namespace

ReduceLROnPlateau::ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options)
    : ScheduleOf(optimizer, complete(options, optimizer.num_groups())),
      best_(options.mode.value() == PlateauMode::max ? -kInfinity : kInfinity) {
  start_unchanged();
}

bool ReduceLROnPlateau::is_better(double metric) const {
  const bool maximal = settings().mode.value() == PlateauMode::max;
  const double threshold = settings().threshold;
  if (settings().threshold_mode.value() == ThresholdMode::abs)
    return maximal ? metric > best_ + threshold : metric < best_ - threshold;
  return maximal ? metric > best_ * (threshold + 1) : metric < best_ * (1 - threshold);
}

std::vector<double> ReduceLROnPlateau::next_lrs(bool reduces) const {
  std::vector<double> lrs;
  for (std::size_t group = 0; group < optimizer().num_groups(); ++group) {
    const double lr = optimizer().group_lr(group);
    const double lower =
        std::max(lr * settings().factor,
                 group < settings().min_lr.values().size() ? settings().min_lr.values()[group] : 0);
    lrs.push_back(reduces && lr - lower > settings().eps ? lower : lr);
  }
  return lrs;
}

void ReduceLROnPlateau::step(double metric) {
  const bool better = is_better(metric);
  const bool cooling = cooldown_counter_ > 0, bad = !better && !cooling;
  const bool reduces = bad && num_bad_epochs_ >= settings().patience;
  set_lrs(next_lrs(reduces));

  if (better) best_ = metric;
  if (cooling) --cooldown_counter_;
  if (reduces) cooldown_counter_ = settings().cooldown;
  num_bad_epochs_ = bad && !reduces ? num_bad_epochs_ + 1 : 0;
}

double ReduceLROnPlateau::lr_at(std::int64_t, std::size_t, double) const {
  throw Error("ReduceLROnPlateau: step() lacks the metric; call step(validation_loss)");
}

void ReduceLROnPlateau::visit_state(const StateVisitor& f) {
  ScheduleOf::visit_state(f);
  f("best", &best_);
  f("num_bad_epochs", &num_bad_epochs_);
  f("cooldown_counter", &cooldown_counter_);
}

void ReduceLROnPlateau::check_settings() const {
  check(settings().factor >= 0 && settings().factor < 1,
        "ReduceLROnPlateau: factor is {}; expected a number from 0 to below 1", settings().factor);
  check(settings().patience >= 0, "ReduceLROnPlateau: patience is {}; expected 0 or more",
        settings().patience);
  check(settings().cooldown >= 0, "ReduceLROnPlateau: cooldown is {}; expected 0 or more",
        settings().cooldown);
  check(num_bad_epochs_ >= 0 && cooldown_counter_ >= 0,
        "ReduceLROnPlateau: num_bad_epochs is {} and cooldown_counter {}; expected 0 or more",
        num_bad_epochs_, cooldown_counter_);
  check(settings().min_lr.values().size() == base_lrs().size(),
        "ReduceLROnPlateau: {} min_lrs for {} groups; expected as many", settings().min_lr.values().size(),
        base_lrs().size());
  check_not_negative(settings().threshold, "threshold", "ReduceLROnPlateau");
  check_not_negative(settings().eps, "eps", "ReduceLROnPlateau");
  for (const double min_lr : settings().min_lr.values())
    check_not_negative(min_lr, "min_lr", "ReduceLROnPlateau");
}

}  // namespace xtape::optim
