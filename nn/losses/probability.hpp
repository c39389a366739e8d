// Losses of probabilities against probabilities. Each gives one number, or one per example or element with
// Reduction::none.
#pragma once

#include "autograd/tensor/tensor.hpp"
#include "nn/losses/reduction.hpp"

namespace xtape::nn {

struct BinaryCrossEntropyOptions {
  Tensor weight = {};  ///< one factor per element; broadcasts
  Reduction reduction = Reduction::mean;
};
struct BinaryCrossEntropyWithLogitsOptions {
  Tensor weight = {};
  Reduction reduction = Reduction::mean;
  Tensor pos_weight = {};  ///< factor of the positive examples; broadcasts
};
struct KLDivOptions {
  Reduction reduction = Reduction::mean;
  bool log_target = false;  ///< whether the target holds logarithms too
};

/// -t log x - (1 - t) log(1 - x), the logarithms no less than -100. Throws for x outside [0, 1].
Tensor binary_cross_entropy(const Tensor& input, const Tensor& target,
                            const BinaryCrossEntropyOptions& options = {});
/// The same of sigmoid(logits), stable for logits of any size.
Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options = {});
/// t (log t - x), x a logarithm of probabilities. The mean is over elements; batchmean is the mathematical
/// one.
Tensor kl_div(const Tensor& input, const Tensor& target, const KLDivOptions& options = {});

}  // namespace xtape::nn

namespace xtape {

// Beside nn::, since losses are written with the ops: cross_entropy(...) + 0.1 * sum(abs(w)).
using nn::binary_cross_entropy;
using nn::binary_cross_entropy_with_logits;
using nn::kl_div;

}  // namespace xtape
