// StepGradients: the gradient of a step from several batches, which several processes may share out.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "nn/train/gradient_accumulator.hpp"
#include "nn/train/peers.hpp"

namespace xtape::nn {

struct StepOptions {
  std::int64_t batch_size = 1;  ///< of a whole batch
  std::int64_t accumulate = 1;  ///< batches that each process takes in a step
  Peers* peers = nullptr;       ///< null: alone
};

/// A batch of a step.
struct StepBatch {
  double loss = 0;       ///< with penalties: what is replayed
  double data_loss = 0;  ///< without
  std::int64_t examples = 0;
};

/// A step takes accumulate x processes batches of an epoch, those that are left at its end. Each process
/// takes `accumulate` of them that follow each other, and the gradient is that of the mean over all examples:
///
///   nn::StepGradients gradients(parameters, {.batch_size = 32, .accumulate = 2, .peers = &reducer});
///   while (done < total) {
///     for (auto left = gradients.begin(done, total); left > 0; --left, ++batch) {
///       gradients.add(batch->data.size(0), [&] {
///         const Tensor loss = nn::cross_entropy(model(batch->data), batch->target);
///         return std::pair(loss, loss.item());
///       });
///     }
///     gradients.finish();
///     optimizer.step();
///     done = gradients.end();
///   }
///
/// One process with `accumulate = 4` and two with 2 each get the same bits, if each takes a power of two of
/// batches: where a step has several, each has random numbers of its own, which follow from the default
/// generator and its number in the epoch, whoever takes it.
class StepGradients {
 public:
  /// What is to be replayed, and the loss without penalties.
  using Loss = std::pair<Tensor, double>;

  StepGradients(std::vector<Tensor> parameters, const StepOptions& options);

  /// Begins the step behind `done` of an epoch's `total` batches, and resets the gradients. Gives how many
  /// batches of it are this process's. `wish` is a number that all processes get to know.
  std::int64_t begin(std::int64_t done, std::int64_t total, double wish = 0);
  /// The next of this process's batches. Gives whether its loss is finite; where it is not, nothing is
  /// replayed.
  bool add(std::int64_t examples, const std::function<Loss()>& loss_of);
  /// Leaves in .grad() the step's gradient.
  void finish();

  /// Of all processes, in their order. One whose loss was not finite is the last.
  const std::vector<StepBatch>& batches() const { return batches_; }
  /// The greatest of the processes' wishes.
  double wish() const { return wish_; }
  /// The batches of the epoch that are done.
  std::int64_t end() const { return end_; }

 private:
  bool is_shared() const { return options_.peers != nullptr && options_.peers->size() > 1; }
  void give(const std::function<void()>& replay, double weight);
  Share share() const;
  void read_shares();

  std::vector<Tensor> parameters_;
  StepOptions options_;
  GradientAccumulator own_;
  std::vector<StepBatch> batches_;
  std::int64_t end_ = 0, first_ = 0;  // of the step: its end, and this process's first batch in it
  std::uint64_t seed_ = 0;
  double wish_ = 0;
  bool is_averaged_ = false;  // within the replay
};

}  // namespace xtape::nn
