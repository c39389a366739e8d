// The trainer's options, its random numbers, and its calls of Fit.
#include "nn/train/trainer.hpp"

#include <utility>

#include "nn/train/detail/fit.hpp"
#include "nn/train/detail/generator_scope.hpp"

namespace xtape::nn {

namespace {

void check_options(const TrainerOptions& options) {
  check(options.epochs >= 0, "Trainer: epochs is {}; expected 0 or more", options.epochs);
  check(options.batch_size > 0, "Trainer: batch_size is {}; expected at least 1", options.batch_size);
  check(options.accumulate > 0, "Trainer: accumulate is {}; expected at least 1", options.accumulate);
  check(options.lr_decay > 0, "Trainer: lr_decay is {}; expected a factor above 0", options.lr_decay);
  check(options.print_every >= 0, "Trainer: print_every is {}; expected 0 or more", options.print_every);
  check(options.train_accuracy_samples >= -1,
        "Trainer: train_accuracy_samples is {}; expected a number of examples, or -1 for all",
        options.train_accuracy_samples);
  check(options.checkpoint_every >= 0, "Trainer: checkpoint_every is {}; expected 0 or more",
        options.checkpoint_every);
  check(options.num_workers >= 0, "Trainer: num_workers is {}; expected 0 or more", options.num_workers);
  const EarlyStoppingOptions& early = options.early_stopping;
  check(early.patience >= 0, "Trainer: early_stopping.patience is {}; expected 0 or more", early.patience);
  check(early.min_delta >= 0, "Trainer: early_stopping.min_delta is {}; expected 0 or more", early.min_delta);
}

/// What a training that goes on from a checkpoint has in common with the one that wrote it.
Settings settings_of(const TrainerOptions& options) {
  return {{"batch_size", fmt::format("{}", options.batch_size)},
          {"accumulate", fmt::format("{}", options.accumulate * (options.peers ? options.peers->size() : 1))},
          {"shuffle", fmt::format("{}", options.shuffle)},
          {"seed", options.seed ? fmt::format("{}", *options.seed) : "none"}};
}

/// With the generator that a trainer adds.
TrainingStateOptions with_generator(TrainingStateOptions options, Generator& generator) {
  options.generators.push_back(&generator);
  return options;
}

}  // namespace

Trainer::Trainer(Module& model, optim::Optimizer& optimizer, const TrainerOptions& options)
    : model_(model),
      optimizer_(optimizer),
      options_(options),
      state_(model, optimizer, with_generator(options.state, subset_generator_)) {
  check_options(options);
  if (options.seed) generator_.emplace(*options.seed);
  if (!options.checkpoint.empty())
    checkpoint_.emplace(options.checkpoint, state_, options.checkpoint_keep, settings_of(options));
}

History Trainer::fit(const datasets::Dataset& train) {
  check(options_.early_stopping.patience == 0,
        "Trainer: early stopping needs a validation set; none is given");
  return fit(train, nullptr);
}

History Trainer::fit(const datasets::Dataset& train, const datasets::Dataset& validation) {
  check(validation.size() > 0, "Trainer: the validation set is empty");
  return fit(train, &validation);
}

History Trainer::fit(const datasets::Dataset& train, const datasets::Dataset* validation) {
  check(train.size() > 0, "Trainer: the training set is empty");
  stop_ = false;
  const bool goes_on = std::exchange(goes_on_, false);
  if (!goes_on) {
    state_.forget_progress();
    subset_generator_.set_state(Generator().state());
  }
  std::optional<GeneratorScope> seeded;
  if (generator_) seeded.emplace(*generator_);
  if (checkpoint_ && !goes_on) checkpoint_->resume();
  Checkpoint* checkpoint = checkpoint_ ? &*checkpoint_ : nullptr;
  Fit({model_, optimizer_, options_, train, validation, stop_, state_, subset_generator_, checkpoint}).run();
  return state_.history;
}

void Trainer::load_state_dict(const StateDict& dict) {
  std::optional<GeneratorScope> seeded;  // the state's generator is that of the training, not the program's
  if (generator_) seeded.emplace(*generator_);
  state_.load_state_dict(dict);
  goes_on_ = true;
}

Evaluation Trainer::evaluate(const datasets::Dataset& dataset) const {
  return nn::evaluate(model_, dataset, {.loss = options_.loss, .accuracy = options_.accuracy});
}

}  // namespace xtape::nn
