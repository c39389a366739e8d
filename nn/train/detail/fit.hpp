// Fit: one training at work. The trainer makes it, runs it and reads the state.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "nn/train/detail/best_epoch.hpp"
#include "nn/train/gradient_accumulator.hpp"
#include "nn/train/interrupt_guard.hpp"
#include "nn/train/trainer.hpp"

namespace xtape::nn {

class Fit {
 public:
  /// What a training works on and with; all of it is the trainer's or its caller's.
  struct Parts {
    Module& model;
    optim::Optimizer& optimizer;
    const TrainerOptions& options;
    const datasets::Dataset& train;
    const datasets::Dataset* validation;  ///< or null
    const std::atomic<bool>& stop;
    TrainingState& state;
    Generator& subset_generator;  ///< its own, so that measuring does not change what is learnt
    Checkpoint* checkpoint;       ///< or null
  };

  explicit Fit(const Parts& parts);
  void run();

 private:
  void run_epoch(std::int64_t epoch);
  /// Adds the gradients of a batch to those of the step.
  void run_batch(const datasets::Example& batch);
  void step();
  /// Writes a checkpoint; one that cannot be written is a line.
  void save_checkpoint(std::optional<double> score = {});
  Tensor total_loss(const Tensor& data_loss) const;
  /// Adds a record unless Ctrl-C came while it was measured. Gives whether the epoch is whole: one that a
  /// training may go on from.
  bool end_epoch(std::int64_t epoch);
  void note_seconds();
  void measure(EpochRecord& record);
  EvaluateOptions evaluate_options() const;
  void decay_lr() const;
  void note_interrupt_or_stop();
  void end(Ending ending);
  void print_ending() const;
  void print(std::string_view line) const;

  Parts of_;
  History& history_;  // of the state
  std::optional<InterruptGuard> interrupt_;
  BestEpoch best_;
  std::int64_t iterations_ = 0, iterations_per_epoch_ = 0;
  std::int64_t epoch_ = 0;                    // at work
  GradientAccumulator gradients_;             // of the step at work
  double step_loss_ = 0, step_examples_ = 0;  // the mean of its losses, penalty included
  std::int64_t unsaved_batches_ = 0;          // of the epoch, since the last checkpoint
  std::chrono::steady_clock::time_point start_, epoch_start_;
  double seconds_before_ = 0;  // of the training that this one goes on from
  bool ended_ = false;
};

}  // namespace xtape::nn
