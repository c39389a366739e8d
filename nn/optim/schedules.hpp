// The schedules that are one formula of the epoch: StepLR, MultiStepLR, ExponentialLR, LinearLR,
// CosineAnnealingLR and LambdaLR. Below, t is the epoch, from 0.
// Settings are given as options, or by position as in Python; constructors by position that take a class or
// have defaults for all are templates, so that braces always mean the options.
#pragma once

#include <concepts>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <utility>

#include "nn/optim/per_group.hpp"
#include "nn/optim/scheduler.hpp"

namespace xtape::optim {

struct StepLROptions {
  std::int64_t step_size = 0;  ///< to be set
  double gamma = 0.1;
  std::int64_t last_epoch = -1;  ///< of a run that is resumed, here and below
};

/// lr *= gamma at every multiple of step_size.
class StepLR : public LRScheduler {
 public:
  StepLR(Optimizer& optimizer, const StepLROptions& options);
  StepLR(Optimizer& optimizer, std::int64_t step_size, double gamma = 0.1, std::int64_t last_epoch = -1)
      : StepLR(optimizer, {.step_size = step_size, .gamma = gamma, .last_epoch = last_epoch}) {}

 protected:
  const char* name() const override { return "StepLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void visit_state(const StateVisitor& f) override;
  void check_settings() const override;

 private:
  std::int64_t step_size_;
  double gamma_;
};

/// A list of epochs, of any type of integers.
class Milestones {
 public:
  Milestones() = default;
  Milestones(std::initializer_list<std::int64_t> epochs) : epochs_(epochs) {}  // NOLINT: implicit, a list
  template <class R>
  requires std::integral<std::iter_value_t<decltype(std::begin(std::declval<const R&>()))>> Milestones(
      const R& epochs)
      : epochs_(std::begin(epochs), std::end(epochs)) {}  // NOLINT

  const std::vector<std::int64_t>& epochs() const { return epochs_; }

 private:
  std::vector<std::int64_t> epochs_;
};

struct MultiStepLROptions {
  Milestones milestones = {};
  double gamma = 0.1;
  std::int64_t last_epoch = -1;
};

/// lr *= gamma at every milestone; one that is listed twice counts twice.
class MultiStepLR : public LRScheduler {
 public:
  MultiStepLR(Optimizer& optimizer, const MultiStepLROptions& options);
  template <std::convertible_to<Milestones> M>
  MultiStepLR(Optimizer& optimizer, const M& milestones, double gamma = 0.1, std::int64_t last_epoch = -1)
      : MultiStepLR(optimizer, MultiStepLROptions{milestones, gamma, last_epoch}) {}
  template <std::integral I>
  MultiStepLR(Optimizer& optimizer, std::initializer_list<I> milestones, double gamma = 0.1,
              std::int64_t last_epoch = -1)
      : MultiStepLR(optimizer, MultiStepLROptions{milestones, gamma, last_epoch}) {}

 protected:
  const char* name() const override { return "MultiStepLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void visit_state(const StateVisitor& f) override;
  void check_settings() const override;

 private:
  std::vector<std::int64_t> milestones_;
  double gamma_;
};

struct ExponentialLROptions {
  std::optional<double> gamma = {};  ///< to be set
  std::int64_t last_epoch = -1;
};

/// lr *= gamma
class ExponentialLR : public LRScheduler {
 public:
  ExponentialLR(Optimizer& optimizer, const ExponentialLROptions& options);
  template <Number T>  // no double, which {} would be: a gamma of 0
  ExponentialLR(Optimizer& optimizer, T gamma, std::int64_t last_epoch = -1)
      : ExponentialLR(optimizer, ExponentialLROptions{static_cast<double>(gamma), last_epoch}) {}

 protected:
  const char* name() const override { return "ExponentialLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void visit_state(const StateVisitor& f) override;
  void check_settings() const override;

 private:
  double gamma_;
};

struct LinearLROptions {
  double start_factor = 1.0 / 3;
  double end_factor = 1.0;
  std::int64_t total_iters = 5;
  std::int64_t last_epoch = -1;
};

/// A factor of lr that goes from start_factor to end_factor in a straight line over total_iters epochs, and
/// stays: a warm-up.
class LinearLR : public LRScheduler {
 public:
  explicit LinearLR(Optimizer& optimizer, const LinearLROptions& options = {});
  template <Number T>
  LinearLR(Optimizer& optimizer, T start_factor, double end_factor = 1.0, std::int64_t total_iters = 5,
           std::int64_t last_epoch = -1)
      : LinearLR(optimizer,
                 LinearLROptions{static_cast<double>(start_factor), end_factor, total_iters, last_epoch}) {}

 protected:
  const char* name() const override { return "LinearLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void visit_state(const StateVisitor& f) override;
  void check_settings() const override;

 private:
  double start_factor_, end_factor_;
  std::int64_t total_iters_;
};

struct CosineAnnealingLROptions {
  std::int64_t T_max = 0;  ///< to be set
  double eta_min = 0;
  std::int64_t last_epoch = -1;
};

/// eta_min + (base - eta_min) (1 + cos(pi t / T_max)) / 2, as a factor from epoch to epoch: down to eta_min
/// at T_max, and up again after it.
class CosineAnnealingLR : public LRScheduler {
 public:
  CosineAnnealingLR(Optimizer& optimizer, const CosineAnnealingLROptions& options);
  CosineAnnealingLR(Optimizer& optimizer, std::int64_t T_max, double eta_min = 0,
                    std::int64_t last_epoch = -1)
      : CosineAnnealingLR(optimizer, {.T_max = T_max, .eta_min = eta_min, .last_epoch = last_epoch}) {}

 protected:
  const char* name() const override { return "CosineAnnealingLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void visit_state(const StateVisitor& f) override;
  void check_settings() const override;

 private:
  std::int64_t T_max_;
  double eta_min_;
};

/// A factor for each epoch.
using LRLambda = std::function<double(std::int64_t epoch)>;

struct LambdaLROptions {
  PerGroup<LRLambda> lr_lambda = {};  ///< to be set; one for all groups or one for each
  std::int64_t last_epoch = -1;
};

/// base * lr_lambda(t). The functions are no part of the state dict.
class LambdaLR : public LRScheduler {
 public:
  LambdaLR(Optimizer& optimizer, const LambdaLROptions& options);
  template <std::convertible_to<PerGroup<LRLambda>> F>
  LambdaLR(Optimizer& optimizer, const F& lr_lambda, std::int64_t last_epoch = -1)
      : LambdaLR(optimizer, LambdaLROptions{lr_lambda, last_epoch}) {}
  template <std::size_t n>
  requires(n > 1)  // one in braces fills the options
      LambdaLR(Optimizer& optimizer, const LRLambda (&lr_lambdas)[n], std::int64_t last_epoch = -1)
      : LambdaLR(optimizer, std::vector<LRLambda>(lr_lambdas, lr_lambdas + n), last_epoch) {}

 protected:
  const char* name() const override { return "LambdaLR"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void check_settings() const override;

 private:
  std::vector<LRLambda> lr_lambdas_;
};

}  // namespace xtape::optim
