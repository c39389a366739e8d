// The schedules that are one formula of the epoch: StepLR, MultiStepLR, ExponentialLR, LinearLR,
// CosineAnnealingLR and LambdaLR. Below, t is the epoch, from 0.
// What a schedule requires is an argument, the rest are options: StepLR(optimizer, 30, {.gamma = 0.5}). All
// may be options, or stand by position as in Python; a number by position is `Number auto`, which braces
// are not, so that {} always means the options.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <utility>

#include "nn/optim/schedules/schedule.hpp"

namespace xtape::optim {

struct StepLROptions {
  std::int64_t step_size = 0;  ///< to be set
  double gamma = 0.1;
  std::int64_t last_epoch = -1;  ///< of a run that is resumed, here and below

  static constexpr auto fields() {
    using O = StepLROptions;
    return list_fields(field("step_size", &O::step_size), field("gamma", &O::gamma),
                       field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// lr *= gamma at every multiple of step_size.
class StepLR : public ScheduleOf<StepLROptions> {
 public:
  StepLR(Optimizer& optimizer, const StepLROptions& options);
  StepLR(Optimizer& optimizer, std::int64_t step_size, const StepLROptions& options = {})
      : StepLR(optimizer, with(options, &StepLROptions::step_size, step_size)) {}
  StepLR(Optimizer& optimizer, std::int64_t step_size, Number auto gamma, std::int64_t last_epoch = -1)
      : StepLR(optimizer, StepLROptions{step_size, static_cast<double>(gamma), last_epoch}) {}

 protected:
  const char* name() const override { return "StepLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void check_settings() const override;
};

struct MultiStepLROptions {
  Integers milestones = {};
  double gamma = 0.1;
  std::int64_t last_epoch = -1;

  static constexpr auto fields() {
    using O = MultiStepLROptions;
    return list_fields(field("milestones", &O::milestones), field("gamma", &O::gamma),
                       field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// lr *= gamma at every milestone; one that is listed twice counts twice.
class MultiStepLR : public ScheduleOf<MultiStepLROptions> {
 public:
  MultiStepLR(Optimizer& optimizer, const MultiStepLROptions& options);
  template <std::convertible_to<Integers> M>
  MultiStepLR(Optimizer& optimizer, const M& milestones, const MultiStepLROptions& options = {})
      : MultiStepLR(optimizer, with(options, &MultiStepLROptions::milestones, Integers(milestones))) {}
  MultiStepLR(Optimizer& optimizer, const Integers& milestones, Number auto gamma,
              std::int64_t last_epoch = -1)
      : MultiStepLR(optimizer, MultiStepLROptions{milestones, static_cast<double>(gamma), last_epoch}) {}
  // Milestones in braces are a template too: beside a plain Integers, g++ 12 takes {.milestones = {4}} for
  // both.
  template <Integer I>
  MultiStepLR(Optimizer& optimizer, std::initializer_list<I> milestones,
              const MultiStepLROptions& options = {})
      : MultiStepLR(optimizer, Integers(milestones), options) {}

 protected:
  const char* name() const override { return "MultiStepLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void check_settings() const override;
};

struct ExponentialLROptions {
  std::optional<double> gamma = {};  ///< to be set
  std::int64_t last_epoch = -1;

  static constexpr auto fields() {
    using O = ExponentialLROptions;
    return list_fields(field("gamma", &O::gamma), field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// lr *= gamma
class ExponentialLR : public ScheduleOf<ExponentialLROptions> {
 public:
  ExponentialLR(Optimizer& optimizer, const ExponentialLROptions& options);
  ExponentialLR(Optimizer& optimizer, Number auto gamma, const ExponentialLROptions& options = {})
      : ExponentialLR(optimizer, with(options, &ExponentialLROptions::gamma, static_cast<double>(gamma))) {}
  ExponentialLR(Optimizer& optimizer, Number auto gamma, std::integral auto last_epoch)
      : ExponentialLR(optimizer, gamma, {.last_epoch = last_epoch}) {}

 protected:
  const char* name() const override { return "ExponentialLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void check_settings() const override;
};

struct LinearLROptions {
  double start_factor = 1.0 / 3;
  double end_factor = 1.0;
  std::int64_t total_iters = 5;
  std::int64_t last_epoch = -1;

  static constexpr auto fields() {
    using O = LinearLROptions;
    return list_fields(field("start_factor", &O::start_factor), field("end_factor", &O::end_factor),
                       field("total_iters", &O::total_iters), field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// A factor of lr that goes from start_factor to end_factor in a straight line over total_iters epochs, and
/// stays: a warm-up.
class LinearLR : public ScheduleOf<LinearLROptions> {
 public:
  explicit LinearLR(Optimizer& optimizer, const LinearLROptions& options = {});
  LinearLR(Optimizer& optimizer, Number auto start_factor, double end_factor = 1.0,
           std::int64_t total_iters = 5, std::int64_t last_epoch = -1)
      : LinearLR(optimizer,
                 LinearLROptions{static_cast<double>(start_factor), end_factor, total_iters, last_epoch}) {}

 protected:
  const char* name() const override { return "LinearLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void check_settings() const override;
};

struct CosineAnnealingLROptions {
  std::int64_t T_max = 0;  ///< to be set
  double eta_min = 0;
  std::int64_t last_epoch = -1;

  static constexpr auto fields() {
    using O = CosineAnnealingLROptions;
    return list_fields(field("T_max", &O::T_max), field("eta_min", &O::eta_min),
                       field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// eta_min + (base - eta_min) (1 + cos(pi t / T_max)) / 2, as a factor from epoch to epoch: down to eta_min
/// at T_max, and up again after it.
class CosineAnnealingLR : public ScheduleOf<CosineAnnealingLROptions> {
 public:
  CosineAnnealingLR(Optimizer& optimizer, const CosineAnnealingLROptions& options);
  CosineAnnealingLR(Optimizer& optimizer, std::int64_t T_max, const CosineAnnealingLROptions& options = {})
      : CosineAnnealingLR(optimizer, with(options, &CosineAnnealingLROptions::T_max, T_max)) {}
  CosineAnnealingLR(Optimizer& optimizer, std::int64_t T_max, Number auto eta_min,
                    std::int64_t last_epoch = -1)
      : CosineAnnealingLR(optimizer,
                          CosineAnnealingLROptions{T_max, static_cast<double>(eta_min), last_epoch}) {}

 protected:
  const char* name() const override { return "CosineAnnealingLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void check_settings() const override;
};

/// A factor for each epoch.
using LRLambda = std::function<double(std::int64_t epoch)>;

struct LambdaLROptions {
  OneOrMore<LRLambda> lr_lambda = {};  ///< to be set; one for all groups or one for each
  std::int64_t last_epoch = -1;

  static constexpr auto fields() {
    using O = LambdaLROptions;
    return list_fields(field("lr_lambda", &O::lr_lambda).unsaved(),
                       field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// base * lr_lambda(t). The functions are not part of the state dict.
class LambdaLR : public ScheduleOf<LambdaLROptions> {
 public:
  LambdaLR(Optimizer& optimizer, const LambdaLROptions& options);
  template <std::convertible_to<OneOrMore<LRLambda>> F>
  LambdaLR(Optimizer& optimizer, const F& lr_lambda, const LambdaLROptions& options = {})
      : LambdaLR(optimizer, with(options, &LambdaLROptions::lr_lambda, OneOrMore<LRLambda>(lr_lambda))) {}
  template <std::convertible_to<OneOrMore<LRLambda>> F>
  LambdaLR(Optimizer& optimizer, const F& lr_lambda, std::integral auto last_epoch)
      : LambdaLR(optimizer, LambdaLROptions{lr_lambda, last_epoch}) {}
  template <std::size_t n>
  requires(n > 1)  // one in braces fills the options
      LambdaLR(Optimizer& optimizer, const LRLambda (&lr_lambdas)[n], std::int64_t last_epoch = -1)
      : LambdaLR(optimizer, std::vector<LRLambda>(lr_lambdas, lr_lambdas + n), last_epoch) {}

 protected:
  const char* name() const override { return "LambdaLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void check_settings() const override;
};

}  // namespace xtape::optim
