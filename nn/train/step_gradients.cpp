// Which batches a process takes, what it tells the others, and their random numbers.
#include "nn/train/step_gradients.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "autograd/base/random.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "nn/train/detail/generator_scope.hpp"

namespace xtape::nn {

namespace {

constexpr std::size_t kNumbers = 3;  // of a StepBatch

/// The generator stays where it is, so that epochs have the same order whatever a step is made of.
std::uint64_t next_of_default_generator() {
  Generator copy;
  copy.set_state(default_generator().state());
  return copy.next();
}

}  // namespace

StepGradients::StepGradients(std::vector<Tensor> parameters, const StepOptions& options)
    : parameters_(parameters), options_(options), own_(std::move(parameters)) {
  check(options.batch_size > 0 && options.accumulate > 0,
        "StepGradients: batch_size is {} and accumulate is {}; expected at least 1", options.batch_size,
        options.accumulate);
}

std::int64_t StepGradients::begin(std::int64_t done, std::int64_t total, double wish) {
  check(done >= 0 && done < total, "StepGradients: {} batches of {} are done; expected one that is left",
        done, total);
  for (const Tensor& p : parameters_) p.zero_grad();
  const std::int64_t rank = is_shared() ? options_.peers->rank() : 0,
                     ranks = is_shared() ? options_.peers->size() : 1;
  end_ = done + std::min(total - done, options_.accumulate * ranks);
  first_ = rank * options_.accumulate;
  if (options_.accumulate * ranks > 1) seed_ = next_of_default_generator() + static_cast<std::uint64_t>(done);
  batches_.clear();
  wish_ = wish;
  is_averaged_ = false;
  return std::clamp(end_ - done - first_, std::int64_t{0}, options_.accumulate);
}

bool StepGradients::add(std::int64_t examples, const std::function<Loss()>& loss_of) {
  std::optional<Generator> numbers;
  std::optional<GeneratorScope> scope;
  if (options_.accumulate > 1 || is_shared()) {
    numbers.emplace(seed_ + static_cast<std::uint64_t>(first_ + std::ssize(batches_)));
    scope.emplace(*numbers);
  }
  const auto [loss, data_loss] = loss_of();
  const double value = loss.item();
  batches_.push_back({.loss = value, .data_loss = data_loss, .examples = examples});
  if (!std::isfinite(value)) return false;
  give([&loss = loss] { loss.backward(); },
       static_cast<double>(examples) / static_cast<double>(options_.batch_size));
  return true;
}

/// Alone in its step, a batch's gradient is averaged while the replay computes it.
void StepGradients::give(const std::function<void()>& replay, double weight) {
  if (!is_shared()) {
    replay();
    return own_.add(weight);
  }
  if (options_.accumulate == 1) {
    options_.peers->set_share(share());
    replay();
    is_averaged_ = true;
    return;
  }
  const NoSync no_sync(*options_.peers);
  replay();
  if (weight != 1 && own_.size() == 0 &&
      options_.peers->rank() > 0) {  // own_ would take it for the step's first
    const NoGradGuard no_grad;
    for (const Tensor& p : parameters_)
      if (p.grad().defined()) p.set_grad(p.grad() * weight);
    weight = 1;
  }
  own_.add(weight);
}

Share StepGradients::share() const {
  Share share{.batches = 0};
  for (const StepBatch& batch : batches_) {
    if (batch.examples == options_.batch_size) {
      ++share.batches;
    } else {
      share.rest += static_cast<double>(batch.examples) / static_cast<double>(options_.batch_size);
    }
    share.notes.insert(share.notes.end(), {batch.loss, batch.data_loss, static_cast<double>(batch.examples)});
  }
  share.notes.resize(static_cast<std::size_t>(options_.accumulate) * kNumbers);
  share.notes.push_back(wish_);
  return share;
}

void StepGradients::finish() {
  if (!is_shared()) {
    if (own_.size() > 0) own_.finish();
    return;
  }
  if (!is_averaged_) {
    if (own_.size() > 0) own_.finish_sum();
    options_.peers->set_share(share());
    options_.peers->average();
  }
  read_shares();
}

void StepGradients::read_shares() {
  batches_.clear();
  for (const Share& share : options_.peers->shares()) {
    wish_ = std::max(wish_, share.notes.back());
    for (auto at = share.notes.begin(); at + kNumbers < share.notes.end(); at += kNumbers) {
      if (!batches_.empty() && !std::isfinite(batches_.back().loss)) continue;
      if (at[2] > 0)
        batches_.push_back({.loss = at[0], .data_loss = at[1], .examples = static_cast<std::int64_t>(at[2])});
    }
  }
}

}  // namespace xtape::nn
