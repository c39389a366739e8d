// The loop: batches, measuring after each epoch, the printed lines, and the ways to end.
#include "nn/train/detail/fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/create.hpp"
#include "datasets/dataloader.hpp"
#include "nn/module/mode_scope.hpp"

namespace xtape::nn {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// "(Epoch 1 / 10) train acc: 0.460000; val_acc: 0.456000"; losses where no accuracy is measured.
std::string epoch_line(const EpochRecord& record, std::int64_t epochs) {
  std::string text = fmt::format("(Epoch {} / {})", record.epoch, epochs);
  std::string_view separator = " ";
  const auto add = [&](std::string_view name, double value) {
    if (std::isnan(value)) return;
    text += fmt::format("{}{}: {:.6f}", separator, name, value);
    separator = "; ";
  };
  add("train acc", record.train_accuracy);
  add("val_acc", record.validation_accuracy);
  if (std::isnan(record.train_accuracy) && std::isnan(record.validation_accuracy)) {
    add("train loss", record.train_loss);
    add("val_loss", record.validation_loss);
  }
  return text;
}

/// For the best checkpoint: what makes epochs better, greater being better.
std::optional<double> score_of(const EpochRecord& record, const TrainerOptions& options) {
  const double score = by_accuracy(options) ? record.validation_accuracy : -record.validation_loss;
  return std::isfinite(score) ? std::optional(score) : std::nullopt;
}

constexpr double kStop = 1, kInterrupt = 2;  // wishes

}  // namespace

Fit::Fit(const Parts& parts)
    : of_(parts),
      history_(parts.state.history),
      best_(parts.options, parts.state),
      gradients_(parts.optimizer.parameters(), {.batch_size = parts.options.batch_size,
                                                .accumulate = parts.options.accumulate,
                                                .peers = parts.options.peers}) {
  const auto parts_of = [](std::int64_t all, std::int64_t each) { return all / each + (all % each != 0); };
  const std::int64_t batches = parts_of(of_.train.size(), of_.options.batch_size);
  iterations_per_epoch_ = parts_of(batches, of_.options.accumulate * part().count);
  if (__builtin_mul_overflow(of_.options.epochs, iterations_per_epoch_, &iterations_)) {
    iterations_ = std::numeric_limits<std::int64_t>::max();  // for the lines alone
  }
  if (of_.options.catch_interrupt) interrupt_.emplace();
}

datasets::EpochPart Fit::part() const {
  const Peers* peers = of_.options.peers;
  if (peers == nullptr) return {};
  return {.index = peers->rank(), .count = peers->size(), .block = of_.options.accumulate};
}

void Fit::run() {
  start_ = Clock::now();
  seconds_before_ = history_.seconds;
  const TrainMode mode(of_.model);
  if (best_.is_over() && of_.state.epoch < of_.options.epochs) end(Ending::early_stopping);  // was so before
  for (epoch_ = of_.state.epoch + 1; epoch_ <= of_.options.epochs && !ended_; ++epoch_) {
    run_epoch(epoch_);
    note_seconds();
  }
  best_.restore(of_.model);
  agree_on_weights();
  print_ending();
}

void Fit::note_seconds() { history_.seconds = seconds_before_ + seconds_since(start_); }

void Fit::run_epoch(std::int64_t epoch) {
  epoch_start_ = Clock::now();
  const datasets::DataLoader loader(of_.train, {.batch_size = of_.options.batch_size,
                                                .shuffle = of_.options.shuffle,
                                                .num_workers = of_.options.num_workers,
                                                .part = part()});
  UnfinishedEpoch& unfinished = of_.state.unfinished;
  auto batch = loader.begin_at(unfinished.place);
  if (batch != loader.end()) unfinished.place.seed = batch.place().seed;
  for (bool is_used = false; unfinished.place.batch < loader.size();) {
    for (auto left = gradients_.begin(unfinished.place.batch, loader.size(), wish_); left > 0; --left) {
      if (std::exchange(is_used, true)) ++batch;  // made when its turn comes: what it throws is of its step
      const EnableGradGuard recorded;
      if (!gradients_.add(batch->data.size(0), [&] { return loss_of(*batch); })) break;
    }
    gradients_.finish();
    note_losses();
    if (ended_) return;
    step();
    unfinished.place.batch = gradients_.end();
    if (of_.options.evaluate_first && history_.losses.size() == 1 && (ended_ || !end_epoch(0))) return;
    const std::int64_t every = of_.options.checkpoint_every;
    if (ended_ || (every > 0 && unsaved_batches_ >= every)) save_checkpoint();
    if (ended_) return;
  }
  const bool is_whole = end_epoch(epoch);
  decay_lr();
  if (!is_whole) return;
  of_.state.epoch = epoch;
  unfinished = {};
  note_seconds();
  if (of_.options.on_state) of_.options.on_state(of_.state);
  save_checkpoint(score_of(history_.epochs.back(), of_.options));
}

void Fit::save_checkpoint(std::optional<double> score) {
  if (of_.checkpoint == nullptr || !leads()) return;
  unsaved_batches_ = 0;
  note_seconds();
  of_.checkpoint->try_save(score, [this](std::string_view fault) { print(fault); });
}

StepGradients::Loss Fit::loss_of(const datasets::Example& batch) const {
  const Tensor data_loss = of_.options.loss(of_.model(batch.data), batch.target);
  return {total_loss(data_loss), data_loss.item()};
}

void Fit::note_losses() {
  step_loss_ = 0;
  double seen = 0;
  for (const StepBatch& batch : gradients_.batches()) {
    if (!std::isfinite(batch.loss)) {
      history_.losses.push_back(batch.loss);
      return end(Ending::diverged);
    }
    const auto examples = static_cast<double>(batch.examples);
    seen += examples;
    step_loss_ += (batch.loss - step_loss_) * (examples / seen);
    of_.state.unfinished.loss_sum += batch.data_loss * examples;
    of_.state.unfinished.examples += batch.examples;
    ++unsaved_batches_;
  }
}

void Fit::step() {
  const double lr = of_.optimizer.lr();
  const double loss = step_loss_;
  of_.optimizer.step();
  history_.losses.push_back(loss);

  const auto iteration = static_cast<std::int64_t>(history_.losses.size());
  if (of_.options.print_every > 0 && (iteration - 1) % of_.options.print_every == 0) {
    print(fmt::format("(Iteration {} / {}) loss: {:.6f}", iteration, iterations_, loss));
  }
  const bool goes_on =
      of_.options.on_batch({.epoch = epoch_, .iteration = iteration, .loss = loss, .lr = lr});
  note_wishes(goes_on);
}

Tensor Fit::total_loss(const Tensor& data_loss) const {
  if (!of_.options.penalty) return data_loss;
  const Tensor penalty = of_.options.penalty(of_.model);
  check(penalty.numel() == 1, "Trainer: the penalty has shape {}; expected one number", penalty.shape());
  return data_loss + penalty.to(data_loss.dtype()).reshape(data_loss.shape());
}

bool Fit::end_epoch(std::int64_t epoch) {
  EpochRecord record{.epoch = epoch, .lr = of_.optimizer.lr()};
  record.train_loss = of_.state.unfinished.loss_sum / static_cast<double>(of_.state.unfinished.examples);
  if (leads()) measure(record);
  const bool is_interrupted = agree_on(record, interrupt_ && interrupt_->requested());
  if (is_interrupted) {
    end(Ending::interrupted);
    return false;
  }
  record.seconds = seconds_since(epoch_start_);
  history_.epochs.push_back(record);
  if (of_.options.print_every > 0) print(epoch_line(record, of_.options.epochs));

  if (of_.validation) {
    if (!std::isfinite(record.validation_loss)) {
      end(Ending::diverged);
      return false;
    }
    best_.add_newest(of_.model);
  }
  note_wishes(of_.options.on_epoch(record));
  if (best_.is_over() && epoch < of_.options.epochs) end(Ending::early_stopping);
  return true;
}

EvaluateOptions Fit::evaluate_options() const {
  return {.loss = of_.options.loss, .accuracy = of_.options.accuracy, .cancelled = [this] {
            return interrupt_ && interrupt_->requested();
          }};
}

void Fit::measure(EpochRecord& record) {
  EvaluateOptions options = evaluate_options();
  if (of_.validation) {
    const Evaluation validation = evaluate(of_.model, *of_.validation, options);
    record.validation_loss = validation.loss;
    record.validation_accuracy = validation.accuracy;
  }
  const std::int64_t size = of_.train.size(), wanted = of_.options.train_accuracy_samples;
  if (wanted == 0 || !of_.options.accuracy) return;
  std::vector<std::int64_t> subset;
  if (wanted > 0 && wanted < size) {
    subset = randperm(size, {.generator = &of_.subset_generator}).to_vector<std::int64_t>();
    subset.resize(static_cast<std::size_t>(wanted));
    options.indices = subset;
  }
  record.train_accuracy = evaluate(of_.model, of_.train, options).accuracy;
}

void Fit::decay_lr() const {
  if (of_.options.lr_decay == 1) return;
  for (std::size_t group = 0; group < of_.optimizer.num_groups(); ++group) {
    of_.optimizer.set_group_lr(group, of_.optimizer.group_lr(group) * of_.options.lr_decay);
  }
}

/// Among several processes all end after the same step: the next one, which tells them.
void Fit::note_wishes(bool goes_on) {
  const bool is_interrupted = interrupt_ && interrupt_->requested(), is_stopped = !goes_on || of_.stop;
  if (part().count == 1) {
    if (!goes_on) return end(Ending::stopped);
    if (is_interrupted) return end(Ending::interrupted);
    if (is_stopped) end(Ending::stopped);
    return;
  }
  if (gradients_.wish() > 0) end(gradients_.wish() == kInterrupt ? Ending::interrupted : Ending::stopped);
  if (is_stopped) wish_ = kStop;
  if (is_interrupted) wish_ = kInterrupt;
}

bool Fit::agree_on(EpochRecord& record, bool is_interrupted) {
  if (part().count == 1) return is_interrupted;
  const Tensor numbers = tensor(
      {record.train_accuracy, record.validation_loss, record.validation_accuracy, is_interrupted ? 1.0 : 0.0},
      {.dtype = kFloat64});
  of_.options.peers->broadcast(numbers);
  const std::vector<double> agreed = numbers.to_vector<double>();
  record.train_accuracy = agreed[0];
  record.validation_loss = agreed[1];
  record.validation_accuracy = agreed[2];
  return agreed[3] != 0;
}

void Fit::agree_on_weights() {
  if (part().count == 1) return;
  for (const auto& [name, value] : of_.model.state_dict()) of_.options.peers->broadcast(value);
}

void Fit::end(Ending ending) {
  if (ended_) return;  // the first reason counts
  ended_ = true;
  history_.ending = ending;
}

void Fit::print_ending() const {
  if (of_.options.print_every == 0 || history_.ending == Ending::completed) return;
  print(
      fmt::format("(Iteration {} / {}) {}", history_.losses.size(), iterations_, to_string(history_.ending)));
}

void Fit::print(std::string_view line) const {
  if (!leads()) return;
  if (of_.options.print) return of_.options.print(line);
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

}  // namespace xtape::nn
