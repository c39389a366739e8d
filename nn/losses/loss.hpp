// The losses as functions. Each gives one number, or one per example or element with Reduction::none.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

class ModuleBase;

enum class Reduction {
  none,
  mean,
  sum,
  batchmean
};  // batchmean, the sum over the batch size, is kl_div's alone

struct CrossEntropyOptions {
  Tensor weight = {};                ///< one factor per class
  std::int64_t ignore_index = -100;  ///< examples of this label count for nothing
  Reduction reduction = Reduction::mean;
  double label_smoothing = 0;
};
struct NLLLossOptions {
  Tensor weight = {};
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;
};
struct LossOptions {
  Reduction reduction = Reduction::mean;
};
struct HuberLossOptions {
  Reduction reduction = Reduction::mean;
  double delta = 1;
};
struct BinaryCrossEntropyOptions {
  Tensor weight = {};  ///< one factor per element; broadcasts
  Reduction reduction = Reduction::mean;
};
struct BinaryCrossEntropyWithLogitsOptions {
  Tensor weight = {};
  Reduction reduction = Reduction::mean;
  Tensor pos_weight = {};  ///< factor of the positive examples; broadcasts
};
struct MultiMarginLossOptions {
  int p = 1;  ///< 1 or 2
  double margin = 1;
  Tensor weight = {};  ///< one factor per class
  Reduction reduction = Reduction::mean;
};
struct KLDivOptions {
  Reduction reduction = Reduction::mean;
  bool log_target = false;  ///< whether the target holds logarithms too
};

/// -log softmax(logits)[label], stable. Logits {N, C} and int64 labels {N}; also {C} with a 0-d label, and
/// {N, C, ...} with {N, ...}. Labels may be probabilities of the logits' shape and floating point.
/// The mean is over the weights of the labels that are not ignored.
/// Throws for shapes that do not fit and for labels that are neither in [0, C) nor ignore_index.
Tensor cross_entropy(const Tensor& logits, const Tensor& labels, const CrossEntropyOptions& options = {});
/// -log_probabilities[label]; shapes, weights and checks as for cross_entropy.
Tensor nll_loss(const Tensor& log_probabilities, const Tensor& labels, const NLLLossOptions& options = {});
/// sum over the wrong classes of max(0, margin - x[label] + x[j])^p / C: the multi-class SVM's hinge. Shapes
/// as above.
Tensor multi_margin_loss(const Tensor& scores, const Tensor& labels,
                         const MultiMarginLossOptions& options = {});

/// The regression losses take a target that broadcasts to the input's shape; {N, 1} against {N} is an Error.
Tensor mse_loss(const Tensor& input, const Tensor& target, const LossOptions& options = {});  ///< (x - t)^2
Tensor l1_loss(const Tensor& input, const Tensor& target, const LossOptions& options = {});   ///< |x - t|
/// (x - t)^2 / 2 where |x - t| < delta, else delta (|x - t| - delta / 2)
Tensor huber_loss(const Tensor& input, const Tensor& target, const HuberLossOptions& options = {});

/// -t log x - (1 - t) log(1 - x), the logarithms no less than -100. Throws for x outside [0, 1].
Tensor binary_cross_entropy(const Tensor& input, const Tensor& target,
                            const BinaryCrossEntropyOptions& options = {});
/// The same of sigmoid(logits), stable for logits of any size.
Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options = {});
/// t (log t - x), x a logarithm of probabilities. The mean is over elements; batchmean is the mathematical
/// one.
Tensor kl_div(const Tensor& input, const Tensor& target, const KLDivOptions& options = {});

/// 0.5 reg sum(W^2) over the parameters of two or more dims: weights, not biases.
Tensor l2_penalty(const ModuleBase& module, double reg);

}  // namespace xtape::nn

namespace xtape {

// Beside nn::, since losses are written with the ops: cross_entropy(...) + 0.1 * sum(abs(w)).
using nn::binary_cross_entropy;
using nn::binary_cross_entropy_with_logits;
using nn::cross_entropy;
using nn::huber_loss;
using nn::kl_div;
using nn::l1_loss;
using nn::l2_penalty;
using nn::mse_loss;
using nn::multi_margin_loss;
using nn::nll_loss;

}  // namespace xtape
