// Checkpoint: a folder from which a training that was cut off goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/train/training_state.hpp"

namespace xtape::nn {

/// By name, what a program wants to be the same when it goes on: {{"hidden", "512"}, {"data", "mnist"}}.
using Settings = std::map<std::string, std::string>;

struct CheckpointOptions {
  optim::LRScheduler* scheduler = nullptr;
  std::int64_t keep = 1;  ///< the newest ones stay, and the best one
  Settings settings = {};
  std::vector<Generator*> generators = {};                        ///< as of TrainingStateOptions
  std::vector<std::pair<std::string, ModuleBase*>> modules = {};  ///< as of TrainingStateOptions
};

/// A training's state in a folder, kept up to date. The Trainer has one for TrainerOptions::checkpoint; a
/// loop of one's own:
///
///   nn::Checkpoint checkpoint("run/", model, optimizer, {.scheduler = &scheduler, .keep = 3});
///   checkpoint.resume();
///   for (auto& epoch = checkpoint.state().epoch; epoch < 10;) {
///     train_one_epoch();
///     ++epoch;
///     checkpoint.save(validation_accuracy);
///   }
///
/// A program that is killed at any instant and started again ends with the same bits as one that ran
/// through; within an epoch too, where it keeps state().unfinished as TrainingState says.
///
/// The folder has a file `checkpoint-N.safetensors` for each checkpoint and `checkpoint.json`, which says
/// which of them count: their epochs and scores, the settings, the names of model and optimiser. Each file
/// appears whole or not at all, and the index last: whatever happens on the way, the folder holds what it
/// held before or what it is to hold, and the next resume or save removes what else a killed one left behind.
/// One program at a time may write to a folder.
class Checkpoint {
 public:
  /// The folder need not exist. Model, optimiser and what the options name must outlive the checkpoint.
  Checkpoint(std::string folder, ModuleBase& model, optim::Optimizer& optimizer,
             const CheckpointOptions& options = {});
  /// Of a state that somebody else keeps.
  Checkpoint(std::string folder, TrainingState& state, std::int64_t keep = 1, Settings settings = {});

  /// Loads the newest checkpoint; false where there is none. Throws, and changes nothing, where it is of
  /// another model, optimiser, version or of other settings, with all that differs, and where a file is
  /// damaged.
  bool resume();
  /// Writes the state as the newest checkpoint. Greater scores are better; of those with one, the best (of
  /// equals, the first) stays. Throws, and leaves the folder as it was, where a file cannot be written.
  void save(std::optional<double> score = {});
  /// As above, but what would be thrown is told to `print`, by default to stderr, and false is given, so that
  /// the training goes on: the older checkpoints are whole.
  bool try_save(std::optional<double> score = {}, const std::function<void(std::string_view)>& print = {});

  TrainingState& state() { return state_; }
  /// Files with the states of the newest and the best checkpoint in this folder; none where there are none.
  std::optional<std::string> newest() const;
  std::optional<std::string> best() const;

 private:
  Settings facts() const;

  std::string folder_;
  std::unique_ptr<TrainingState> own_state_;  // or none
  TrainingState& state_;
  std::int64_t keep_;
  Settings settings_;
};

}  // namespace xtape::nn
