// BestEpoch: which epoch was the best so far, its weights, and whether it is time to stop.
#pragma once

#include <cstddef>
#include <optional>

#include "nn/train/trainer.hpp"

namespace xtape::nn {

class BestEpoch {
 public:
  explicit BestEpoch(const TrainerOptions& options) : options_(options) {}

  /// Compares a validated epoch with the best; copies the model's weights if it is better.
  void add(const EpochRecord& record, std::size_t index, const ModuleBase& model);
  /// Where in the history the best epoch stands.
  std::optional<std::size_t> index() const { return index_; }
  /// Whether the patience is at its end.
  bool is_over() const;
  /// Gives the model the weights of the best epoch, if there was one.
  void restore(ModuleBase& model) const;

 private:
  bool is_better(const EpochRecord& record) const;
  bool is_progress(const EpochRecord& record) const;

  const TrainerOptions& options_;
  std::optional<std::size_t> index_;
  EpochRecord best_;
  StateDict weights_;
  std::optional<double> mark_;  // what progress is measured against: min_delta lets it lag behind the best
  std::int64_t waited_ = 0;
};

/// Whether epochs are compared by accuracy: if it is wanted and measured.
bool by_accuracy(const TrainerOptions& options);

}  // namespace xtape::nn
