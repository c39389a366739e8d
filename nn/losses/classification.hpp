// Losses of class scores against labels. Each gives one number, or one per example or element with
// Reduction::none.
#pragma once

#include "autograd/tensor/tensor.hpp"
#include "nn/losses/reduction.hpp"

namespace xtape::nn {

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
struct MultiMarginLossOptions {
  int p = 1;  ///< 1 or 2
  double margin = 1;
  Tensor weight = {};  ///< one factor per class
  Reduction reduction = Reduction::mean;
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

}  // namespace xtape::nn

namespace xtape {

// Beside nn::, since losses are written with the ops: cross_entropy(...) + 0.1 * sum(abs(w)).
using nn::cross_entropy;
using nn::multi_margin_loss;
using nn::nll_loss;

}  // namespace xtape
