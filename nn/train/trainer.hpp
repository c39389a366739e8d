// Trainer: the loop over epochs and batches, with all that a program would write around it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "nn/optim/optimizer.hpp"
#include "nn/train/callback.hpp"
#include "nn/train/checkpoint.hpp"
#include "nn/train/evaluate.hpp"
#include "nn/train/history.hpp"
#include "nn/train/peers.hpp"
#include "nn/train/training_state.hpp"

namespace xtape::nn {

/// What makes an epoch better than another: the greater validation accuracy (of equals, the lower validation
/// loss), or the lower validation loss.
enum class Monitor { accuracy, loss };

struct EarlyStoppingOptions {
  std::int64_t patience = 0;  ///< ends after that many epochs in a row without a better one; 0: never
  double min_delta = 0;       ///< better: above the best accuracy (or below the best loss) by more than this
};

struct TrainerOptions {
  std::int64_t epochs = 10;
  std::int64_t batch_size = 100;  ///< the dataset's size or more: all examples in one batch
  /// Batches of which one step is made (the epoch's last may be of fewer): the gradient is that of the mean
  /// over their examples, added up by a GradientAccumulator. An iteration is a step.
  std::int64_t accumulate = 1;
  double lr_decay = 1;             ///< factor of every group's learning rate after each epoch
  std::int64_t print_every = 100;  ///< iterations between printed losses; each epoch prints too. 0: no line
  bool shuffle = true;
  /// Of batches, transforms and all else that draws from the default generator, dropout too. That one goes on
  /// afterwards as if there had been no training. Unset, the training draws from where it stands.
  std::optional<std::uint64_t> seed = {};
  EarlyStoppingOptions early_stopping = {};
  BatchLoss loss = cross_entropy;
  std::function<Tensor(const Module&)> penalty = {};  ///< added to the loss: l2_penalty(model, 1e-3)
  BatchAccuracy accuracy = class_accuracy;            ///< binary_accuracy, ...; empty: losses alone count
  std::int64_t train_accuracy_samples = 1000;  ///< random training examples to measure on; -1 all, 0 none
  Monitor monitor = Monitor::accuracy;
  bool restore_best = true;     ///< whether the model ends with the weights of its best epoch
  bool evaluate_first = false;  ///< measure after the first iteration too, as epoch 0
  int num_workers = 0;          ///< as of DataLoader
  bool catch_interrupt = true;  ///< end cleanly on Ctrl-C
  Callback<BatchRecord> on_batch = {};
  Callback<EpochRecord> on_epoch = {};  ///< before lr_decay; a place for a scheduler's step
  /// After each whole epoch, its lr_decay included; the place to save state.state_dict().
  std::function<void(const TrainingState& state)> on_state = {};
  /// Others that train the same model, each on its part of every step's batches: a distributed::Reducer. The
  /// numbers are those of one process with `accumulate` times as many. Rank 0 measures, prints and writes
  /// checkpoints, which all read; callbacks run everywhere.
  Peers* peers = nullptr;
  TrainingStateOptions state = {};  ///< what on_epoch or on_batch steps, and generators of one's own
  /// A folder of checkpoints. fit goes on from the newest one there is, and writes one after each epoch; one
  /// that cannot be written is a printed line, and the training goes on.
  std::string checkpoint = {};
  std::int64_t checkpoint_every = 0;  ///< batches between checkpoints within an epoch; 0: none
  std::int64_t checkpoint_keep = 1;   ///< the newest ones are kept, and the one of the best epoch
  std::function<void(std::string_view)> print = {};  ///< gets each line, without its end; unset: stdout
};

/// `History h = Trainer(model, optimizer, {.epochs = 10, .lr_decay = 0.95}).fit(train, validation);`
///
/// Each iteration is zero_grad, loss, backward and step, the model in training mode. After each epoch it is
/// measured in evaluation mode. The model ends with the weights of its best epoch (without a
/// validation set, with its last weights), and in the modes it had before. A loss that is not finite ends the
/// training before it can reach the weights. Ctrl-C (SIGINT) ends it after the current batch, and the
/// history holds what came before; a second one ends the program.
///
/// With a seed, equal models and optimisers give the same history, bit for bit (but for the seconds), where
/// layers draw from the default generator.
class Trainer {
 public:
  /// Model and optimiser must outlive the trainer. Throws where an option makes no sense.
  Trainer(Module& model, optim::Optimizer& optimizer, const TrainerOptions& options = {});

  /// Trains for `epochs` epochs more; with a checkpoint or after load_state_dict, up to that epoch. What a
  /// callback, the model or a dataset throws comes out here; history() holds what there was, and the weights
  /// stay those of the last step.
  History fit(const datasets::Dataset& train);
  History fit(const datasets::Dataset& train, const datasets::Dataset& validation);

  /// Makes the next fit go on from what on_state saved, up to epoch `epochs`: history, best weights and
  /// random numbers too, so that it ends with the same bits as if it had not been interrupted. Throws, and
  /// changes nothing, where the state does not fit.
  void load_state_dict(const StateDict& dict);

  /// Ends the training after the current batch. For callbacks and other threads.
  void stop() { stop_ = true; }
  /// Of the last fit, or of the one that goes on.
  const History& history() const { return state_.history; }
  const TrainerOptions& options() const { return options_; }
  /// The model's loss and accuracy on a dataset, by the options' functions.
  Evaluation evaluate(const datasets::Dataset& dataset) const;

 private:
  History fit(const datasets::Dataset& train, const datasets::Dataset* validation);

  Module& model_;
  optim::Optimizer& optimizer_;
  TrainerOptions options_;
  std::optional<Generator> generator_;  // with a seed; goes on from fit to fit
  Generator subset_generator_;          // draws the training examples to measure on
  TrainingState state_;
  std::optional<Checkpoint> checkpoint_;
  bool goes_on_ = false;  // from a state that was loaded
  std::atomic<bool> stop_ = false;
};

}  // namespace xtape::nn
