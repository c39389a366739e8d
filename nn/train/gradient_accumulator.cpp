// The tree grows as a binary counter does: two parts of as many batches become one.
#include "nn/train/gradient_accumulator.hpp"

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/arithmetic.hpp"

namespace xtape::nn {

namespace {

Tensor sum_of(Tensor a, const Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() ? a : b;
  return std::move(a) + b;  // over a's memory, where nobody else sees it
}

}  // namespace

void GradientAccumulator::add(double weight) {
  check(weight > 0, "GradientAccumulator: weight is {}; expected a number above 0", weight);
  const NoGradGuard no_grad;
  Part part{1, {}};
  for (const Tensor& p : parameters_) {
    Tensor gradient = p.grad();
    p.zero_grad();
    if (gradient.defined() && weight != 1 && size_ > 0) gradient = std::move(gradient) * weight;
    part.gradients.push_back(std::move(gradient));
  }
  parts_.push_back(std::move(part));
  while (parts_.size() > 1 && parts_.end()[-2].batches == parts_.back().batches) merge_last();
  ++size_;
  weight_ += weight;
}

void GradientAccumulator::finish() { finish_as(size_ > 1 ? weight_ : 1); }

void GradientAccumulator::finish_sum() { finish_as(1); }

void GradientAccumulator::finish_as(double weight) {
  check(size_ > 0, "GradientAccumulator: there are no gradients; add() comes before finish()");
  const NoGradGuard no_grad;
  while (parts_.size() > 1) merge_last();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Tensor gradient = std::move(parts_[0].gradients[i]);
    if (gradient.defined() && weight != 1) gradient = std::move(gradient) / weight;
    parameters_[i].set_grad(gradient);
  }
  parts_.clear();
  size_ = 0;
  weight_ = 0;
}

void GradientAccumulator::merge_last() {
  const Part last = std::move(parts_.back());
  parts_.pop_back();
  Part& into = parts_.back();
  into.batches += last.batches;
  for (std::size_t i = 0; i < last.gradients.size(); ++i) {
    into.gradients[i] = sum_of(std::move(into.gradients[i]), last.gradients[i]);
  }
}

}  // namespace xtape::nn
