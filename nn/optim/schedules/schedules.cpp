// The formulas of the schedules. Most give the next learning rate from the present one, as PyTorch does, so
// that schedulers can work on one optimiser together.
#include "nn/optim/schedules/schedules.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "nn/optim/grouped.hpp"

namespace xtape::optim {

StepLR::StepLR(Optimizer& optimizer, const StepLROptions& options) : ScheduleOf(optimizer, options) {
  start();
}

double StepLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  return epoch == 0 || epoch % settings().step_size != 0 ? lr : lr * settings().gamma;
}

void StepLR::check_settings() const {
  check(settings().step_size >= 1, "StepLR: step_size is {}; expected 1 or more", settings().step_size);
  check_not_negative(settings().gamma, "gamma", "StepLR");
}

MultiStepLR::MultiStepLR(Optimizer& optimizer, const MultiStepLROptions& options)
    : ScheduleOf(optimizer, options) {
  start();
}

double MultiStepLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  return lr * std::pow(settings().gamma, std::ranges::count(settings().milestones.values(), epoch));
}

void MultiStepLR::check_settings() const { check_not_negative(settings().gamma, "gamma", "MultiStepLR"); }

ExponentialLR::ExponentialLR(Optimizer& optimizer, const ExponentialLROptions& options)
    : ScheduleOf(optimizer, options) {
  check(options.gamma.has_value(), "ExponentialLR: gamma is not set");
  start();
}

double ExponentialLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  return epoch == 0 ? lr : lr * settings().gamma.value();
}

void ExponentialLR::check_settings() const {
  check_not_negative(settings().gamma.value(), "gamma", "ExponentialLR");
}

LinearLR::LinearLR(Optimizer& optimizer, const LinearLROptions& options) : ScheduleOf(optimizer, options) {
  start();
}

double LinearLR::lr_at(std::int64_t epoch, std::size_t, double lr) const {
  if (epoch == 0) return lr * settings().start_factor;
  if (epoch > settings().total_iters) return lr;
  // the factor of this epoch by that of the one before, both times total_iters
  const double rise = settings().end_factor - settings().start_factor;
  const double before = static_cast<double>(settings().total_iters) * settings().start_factor +
                        static_cast<double>(epoch - 1) * rise;
  return lr * (1 + rise / before);
}

void LinearLR::check_settings() const {
  check(settings().start_factor > 0 && settings().start_factor <= 1,
        "LinearLR: start_factor is {}; expected above 0 and at most 1", settings().start_factor);
  check(settings().end_factor >= 0 && settings().end_factor <= 1,
        "LinearLR: end_factor is {}; expected a number from 0 to 1", settings().end_factor);
  check(settings().total_iters >= 0, "LinearLR: total_iters is {}; expected 0 or more",
        settings().total_iters);
}

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, const CosineAnnealingLROptions& options)
    : ScheduleOf(optimizer, options) {
  start();
}

double CosineAnnealingLR::lr_at(std::int64_t epoch, std::size_t group, double lr) const {
  if (epoch == 0) return lr;
  const auto period = static_cast<double>(settings().T_max);
  const auto raised_cosine = [&](std::int64_t t) {
    return 1 + std::cos(std::numbers::pi * static_cast<double>(t) / period);
  };
  const double base = group < base_lrs().size() ? base_lrs()[group] : lr;
  if (is_starting())
    return settings().eta_min + (base - settings().eta_min) * raised_cosine(epoch) / 2;  // a run is resumed
  const bool was_lowest = (epoch - 1) % settings().T_max == 0 && (epoch - 1) / settings().T_max % 2 == 1;
  if (was_lowest) {  // the last lr was eta_min, which no factor leads away from
    return lr + (base - settings().eta_min) * (1 - std::cos(std::numbers::pi / period)) / 2;
  }
  return raised_cosine(epoch) / raised_cosine(epoch - 1) * (lr - settings().eta_min) + settings().eta_min;
}

void CosineAnnealingLR::check_settings() const {
  check(settings().T_max >= 1, "CosineAnnealingLR: T_max is {}; expected 1 or more", settings().T_max);
  check_not_negative(settings().eta_min, "eta_min", "CosineAnnealingLR");
}

namespace {

LambdaLROptions one_per_group(LambdaLROptions options, std::size_t groups) {
  give_to_groups(options.lr_lambda, groups, "LambdaLR", "lr_lambda");
  return options;
}

}  // namespace

LambdaLR::LambdaLR(Optimizer& optimizer, const LambdaLROptions& options)
    : ScheduleOf(optimizer, one_per_group(options, optimizer.num_groups())) {
  start();
}

double LambdaLR::lr_at(std::int64_t epoch, std::size_t group, double lr) const {
  return group < base_lrs().size() ? base_lrs()[group] * settings().lr_lambda.values()[group](epoch) : lr;
}

void LambdaLR::check_settings() const {
  for (std::size_t group = 0; group < settings().lr_lambda.values().size(); ++group) {
    check(settings().lr_lambda.values()[group] != nullptr, "LambdaLR: the function of group {} is empty",
          group);
  }
}

}  // namespace xtape::optim
