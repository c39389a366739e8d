// GradientAccumulator: one step of an optimiser from the gradients of several batches.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

/// For losses that are means over a batch, the gradient of the mean over all examples of `accumulate`
/// batches:
///
///   nn::GradientAccumulator accumulator(optimizer.parameters());
///   for (const auto& [x, y] : loader) {
///     nn::cross_entropy(model(x), y).backward();
///     accumulator.add();
///     if (accumulator.size() < accumulate) continue;
///     accumulator.finish();
///     optimizer.step();
///     optimizer.zero_grad();
///   }
///
/// The gradients are added as a binary tree over the batches' numbers, ((1 + 2) + (3 + 4)) + (5 + 6), whose
/// shape depends on their count alone: so the bits do too, whoever adds up which part. About log2(n)
/// gradients of n are kept.
class GradientAccumulator {
 public:
  explicit GradientAccumulator(std::vector<Tensor> parameters) : parameters_(std::move(parameters)) {}

  /// Takes the parameters' gradients for those of the next batch, and resets them to undefined. A batch that
  /// is smaller than the first weighs less: its number of examples over that of the first.
  void add(double weight = 1);
  /// Sets the parameters' gradients to the sum of all over the sum of the weights, and begins anew. One batch
  /// alone keeps its gradient.
  void finish();
  /// The same without the division, for who divides the sum of several accumulators.
  void finish_sum();
  /// Batches since the last finish().
  std::int64_t size() const { return size_; }

 private:
  struct Part {
    std::int64_t batches;  // a power of two, until finish()
    std::vector<Tensor> gradients;
  };
  void merge_last();
  void finish_as(double weight);

  std::vector<Tensor> parameters_;
  std::vector<Part> parts_;
  std::int64_t size_ = 0;
  double weight_ = 0;
};

}  // namespace xtape::nn
