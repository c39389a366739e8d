// When ReduceLROnPlateau calls a metric better, and what it does when it is not.
#include "nn/optim/reduce_on_plateau.hpp"

#include <algorithm>
#include <limits>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Whether `text` is the second of the two words; throws if it is neither.
bool is_second(std::string_view text, std::string_view first, std::string_view second,
               std::string_view option) {
  check(text == first || text == second, "ReduceLROnPlateau: {} is \"{}\"; expected \"{}\" or \"{}\"", option,
        text, first, second);
  return text == second;
}

}  // namespace

ReduceLROnPlateau::ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options)
    : LRScheduler(optimizer),
      maximal_(is_second(options.mode, "min", "max", "mode")),
      absolute_(is_second(options.threshold_mode, "rel", "abs", "threshold_mode")),
      factor_(options.factor),
      threshold_(options.threshold),
      eps_(options.eps),
      patience_(options.patience),
      cooldown_(options.cooldown),
      min_lrs_(options.min_lr.expanded(optimizer.num_groups(), "ReduceLROnPlateau", "min_lr")),
      best_(maximal_ ? -kInfinity : kInfinity) {
  start_unchanged();
}

bool ReduceLROnPlateau::is_better(double metric) const {
  if (absolute_) return maximal_ ? metric > best_ + threshold_ : metric < best_ - threshold_;
  return maximal_ ? metric > best_ * (threshold_ + 1) : metric < best_ * (1 - threshold_);
}

std::vector<double> ReduceLROnPlateau::next_lrs(bool reduces) const {
  std::vector<double> lrs;
  for (std::size_t group = 0; group < optimizer().num_groups(); ++group) {
    const double lr = optimizer().group_lr(group);
    const double lower = std::max(lr * factor_, group < min_lrs_.size() ? min_lrs_[group] : 0);
    lrs.push_back(reduces && lr - lower > eps_ ? lower : lr);
  }
  return lrs;
}

void ReduceLROnPlateau::step(double metric) {
  const bool better = is_better(metric);
  const bool cooling = cooldown_counter_ > 0, bad = !better && !cooling;
  const bool reduces = bad && num_bad_epochs_ >= patience_;
  set_lrs(next_lrs(reduces));

  if (better) best_ = metric;
  if (cooling) --cooldown_counter_;
  if (reduces) cooldown_counter_ = cooldown_;
  num_bad_epochs_ = bad && !reduces ? num_bad_epochs_ + 1 : 0;
}

double ReduceLROnPlateau::lr_at(std::int64_t, std::size_t, double) const {
  throw Error("ReduceLROnPlateau: step() lacks the metric; call step(validation_loss)");
}

void ReduceLROnPlateau::visit_state(const StateVisitor& f) {
  LRScheduler::visit_state(f);
  f("mode_max", &maximal_);
  f("factor", &factor_);
  f("patience", &patience_);
  f("threshold", &threshold_);
  f("threshold_abs", &absolute_);
  f("cooldown", &cooldown_);
  f("min_lrs", &min_lrs_);
  f("eps", &eps_);
  f("best", &best_);
  f("num_bad_epochs", &num_bad_epochs_);
  f("cooldown_counter", &cooldown_counter_);
}

void ReduceLROnPlateau::check_settings() const {
  check(factor_ >= 0 && factor_ < 1, "ReduceLROnPlateau: factor is {}; expected a number from 0 to below 1",
        factor_);
  check(patience_ >= 0, "ReduceLROnPlateau: patience is {}; expected 0 or more", patience_);
  check(cooldown_ >= 0, "ReduceLROnPlateau: cooldown is {}; expected 0 or more", cooldown_);
  check(num_bad_epochs_ >= 0 && cooldown_counter_ >= 0,
        "ReduceLROnPlateau: num_bad_epochs is {} and cooldown_counter {}; expected 0 or more",
        num_bad_epochs_, cooldown_counter_);
  check(min_lrs_.size() == base_lrs().size(), "ReduceLROnPlateau: {} min_lrs for {} groups; expected as many",
        min_lrs_.size(), base_lrs().size());
  check_not_negative(threshold_, "threshold", "ReduceLROnPlateau");
  check_not_negative(eps_, "eps", "ReduceLROnPlateau");
  for (const double min_lr : min_lrs_) check_not_negative(min_lr, "min_lr", "ReduceLROnPlateau");
}

}  // namespace xtape::optim
