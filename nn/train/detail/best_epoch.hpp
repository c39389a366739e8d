// BestEpoch: which epoch was the best so far, its weights, and whether it is time to stop.
#pragma once

#include "nn/train/trainer.hpp"

namespace xtape::nn {

/// Works on the history and the BestSoFar of a training's state.
class BestEpoch {
 public:
  BestEpoch(const TrainerOptions& options, TrainingState& state) : options_(options), state_(state) {}

  /// Compares the newest epoch of the history, which is validated, with the best; copies the model's weights
  /// if it is better.
  void add_newest(const ModuleBase& model);
  /// Whether the patience is at its end.
  bool is_over() const;
  /// Gives the model the weights of the best epoch, if there was one.
  void restore(ModuleBase& model) const;

 private:
  bool is_better(const EpochRecord& record) const;
  bool is_progress(const EpochRecord& record) const;

  const TrainerOptions& options_;
  TrainingState& state_;
};

/// Whether epochs are compared by accuracy: if it is wanted and measured.
bool by_accuracy(const TrainerOptions& options);

}  // namespace xtape::nn
