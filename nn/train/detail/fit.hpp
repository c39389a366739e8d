// Fit: one training at work. The trainer makes it, runs it and reads the state.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "nn/train/detail/best_epoch.hpp"
#include "nn/train/interrupt_guard.hpp"
#include "nn/train/step_gradients.hpp"
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
  /// The loss to be replayed, and that of the data alone.
  StepGradients::Loss loss_of(const datasets::Example& batch) const;
  /// Notes the losses of a step's batches; an end where one is not finite.
  void note_losses();
  void step();
  bool leads() const { return of_.options.peers == nullptr || of_.options.peers->rank() == 0; }
  datasets::EpochPart part() const;
  /// Takes what rank 0 has measured, where there are several. Gives whether Ctrl-C came there meanwhile.
  bool agree_on(EpochRecord& record, bool is_interrupted);
  void agree_on_weights();
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
  /// Ends the training where Ctrl-C came, somebody stopped it, or a callback does not go on.
  void note_wishes(bool goes_on);
  void end(Ending ending);
  void print_ending() const;
  void print(std::string_view line) const;

  Parts of_;
  History& history_;  // of the state
  std::optional<InterruptGuard> interrupt_;
  BestEpoch best_;
  std::int64_t iterations_ = 0, iterations_per_epoch_ = 0;
  std::int64_t epoch_ = 0;            // at work
  StepGradients gradients_;           // of the step at work
  double wish_ = 0;                   // of this process: to end
  double step_loss_ = 0;              // the mean of its losses, penalty included
  std::int64_t unsaved_batches_ = 0;  // of the epoch, since the last checkpoint
  std::chrono::steady_clock::time_point start_, epoch_start_;
  double seconds_before_ = 0;  // of the training that this one goes on from
  bool ended_ = false;
};

}  // namespace xtape::nn
