// The formulas of the schedules. Most give the next learning rate from the present one, as PyTorch does, so
// that schedulers can work on one optimiser together.
#include "nn/optim/schedules.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

StepLR::StepLR(Optimizer& optimizer, const StepLROptions& options)
    : LRScheduler(optimizer), step_size_(options.step_size), gamma_(options.gamma) {
  start(options.last_epoch);
}

double StepLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  return epoch == 0 || epoch % step_size_ != 0 ? lr : lr * gamma_;
}

void StepLR::visit_state(const StateVisitor& f) {
  LRScheduler::visit_state(f);
  f("step_size", &step_size_);
  f("gamma", &gamma_);
}

void StepLR::check_settings() const {
  check(step_size_ >= 1, "StepLR: step_size is {}; expected 1 or more", step_size_);
  check_not_negative(gamma_, "gamma", "StepLR");
}

MultiStepLR::MultiStepLR(Optimizer& optimizer, const MultiStepLROptions& options)
    : LRScheduler(optimizer), milestones_(options.milestones.epochs()), gamma_(options.gamma) {
  start(options.last_epoch);
}

double MultiStepLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  return lr * std::pow(gamma_, std::ranges::count(milestones_, epoch));
}

void MultiStepLR::visit_state(const StateVisitor& f) {
  LRScheduler::visit_state(f);
  f("milestones", &milestones_);
  f("gamma", &gamma_);
}

void MultiStepLR::check_settings() const { check_not_negative(gamma_, "gamma", "MultiStepLR"); }

ExponentialLR::ExponentialLR(Optimizer& optimizer, const ExponentialLROptions& options)
    : LRScheduler(optimizer), gamma_(options.gamma.value_or(0)) {
  check(options.gamma.has_value(), "ExponentialLR: gamma is not set");
  start(options.last_epoch);
}

double ExponentialLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  return epoch == 0 ? lr : lr * gamma_;
}

void ExponentialLR::visit_state(const StateVisitor& f) {
  LRScheduler::visit_state(f);
  f("gamma", &gamma_);
}

void ExponentialLR::check_settings() const { check_not_negative(gamma_, "gamma", "ExponentialLR"); }

LinearLR::LinearLR(Optimizer& optimizer, const LinearLROptions& options)
    : LRScheduler(optimizer),
      start_factor_(options.start_factor),
      end_factor_(options.end_factor),
      total_iters_(options.total_iters) {
  start(options.last_epoch);
}

double LinearLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  if (epoch == 0) return lr * start_factor_;
  if (epoch > total_iters_) return lr;
  // the factor of this epoch by that of the one before, both times total_iters
  const double rise = end_factor_ - start_factor_;
  const double before =
      static_cast<double>(total_iters_) * start_factor_ + static_cast<double>(epoch - 1) * rise;
  return lr * (1 + rise / before);
}

void LinearLR::visit_state(const StateVisitor& f) {
  LRScheduler::visit_state(f);
  f("start_factor", &start_factor_);
  f("end_factor", &end_factor_);
  f("total_iters", &total_iters_);
}

void LinearLR::check_settings() const {
  check(start_factor_ > 0 && start_factor_ <= 1,
        "LinearLR: start_factor is {}; expected above 0 and at most 1", start_factor_);
  check(end_factor_ >= 0 && end_factor_ <= 1, "LinearLR: end_factor is {}; expected a number from 0 to 1",
        end_factor_);
  check(total_iters_ >= 0, "LinearLR: total_iters is {}; expected 0 or more", total_iters_);
}

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, const CosineAnnealingLROptions& options)
    : LRScheduler(optimizer), T_max_(options.T_max), eta_min_(options.eta_min) {
  start(options.last_epoch);
}

double CosineAnnealingLR::lr_at(std::int64_t epoch, std::size_t group, double lr) const {
  if (epoch == 0) return lr;
  const auto period = static_cast<double>(T_max_);
  const auto raised_cosine = [&](std::int64_t t) {
    return 1 + std::cos(std::numbers::pi * static_cast<double>(t) / period);
  };
  const double base = group < base_lrs().size() ? base_lrs()[group] : lr;
  if (is_starting()) return eta_min_ + (base - eta_min_) * raised_cosine(epoch) / 2;  // a run is resumed
  const bool was_lowest = (epoch - 1) % T_max_ == 0 && (epoch - 1) / T_max_ % 2 == 1;
  if (was_lowest) {  // the last lr was eta_min, which no factor leads away from
    return lr + (base - eta_min_) * (1 - std::cos(std::numbers::pi / period)) / 2;
  }
  return raised_cosine(epoch) / raised_cosine(epoch - 1) * (lr - eta_min_) + eta_min_;
}

void CosineAnnealingLR::visit_state(const StateVisitor& f) {
  LRScheduler::visit_state(f);
  f("T_max", &T_max_);
  f("eta_min", &eta_min_);
}

void CosineAnnealingLR::check_settings() const {
  check(T_max_ >= 1, "CosineAnnealingLR: T_max is {}; expected 1 or more", T_max_);
  check_not_negative(eta_min_, "eta_min", "CosineAnnealingLR");
}

LambdaLR::LambdaLR(Optimizer& optimizer, const LambdaLROptions& options)
    : LRScheduler(optimizer),
      lr_lambdas_(options.lr_lambda.expanded(optimizer.num_groups(), "LambdaLR", "lr_lambda")) {
  start(options.last_epoch);
}

double LambdaLR::lr_at(std::int64_t epoch, std::size_t group, double lr) const {
  return group < base_lrs().size() ? base_lrs()[group] * lr_lambdas_[group](epoch) : lr;
}

void LambdaLR::check_settings() const {
  for (std::size_t group = 0; group < lr_lambdas_.size(); ++group) {
    check(lr_lambdas_[group] != nullptr, "LambdaLR: the function of group {} is empty", group);
  }
}

}  // namespace xtape::optim
