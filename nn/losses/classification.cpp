// Losses on class labels: cross_entropy, nll_loss and multi_margin_loss.
#include "nn/losses/classification.hpp"

#include <limits>

#include "autograd/ops/cross_entropy.hpp"
#include "nn/losses/detail/class_labels.hpp"
#include "nn/losses/detail/elementwise.hpp"

namespace xtape::nn {

namespace {

/// The losses {N} of the examples reduced: a mean is weighted by the examples' factors.
Tensor reduced_by_class(const Tensor& losses, const ClassLabels& of, const Tensor& weight,
                        Reduction reduction, std::string_view op) {
  if (reduction == Reduction::mean && (weight.defined() || of.ignored.defined())) {
    return sum(losses) / sum(of.factors(weight));
  }
  if (reduction == Reduction::none) return reshape(losses, of.example_shape);
  return reduced(losses, reduction, op);
}

/// The examples' losses {N}, of which those with an ignored label count 0, times their labels' weights.
Tensor label_losses(const Tensor& every, const ClassLabels& of, const Tensor& weight) {
  const Tensor losses = of.without_ignored(every);
  return weight.defined() ? losses * index_select(weight, 0, of.labels) : losses;
}

/// The loss against the uniform distribution, times C: the sum of -weight log_p over all classes, {N}.
Tensor uniform_losses(const Tensor& log_p, const ClassLabels& of, const Tensor& weight) {
  return of.without_ignored(-sum(weight.defined() ? log_p * weight : log_p, 1));
}

/// -sum(target log softmax(logits)) for targets that are distributions over the classes.
Tensor soft_cross_entropy(const Tensor& logits, const Tensor& target, const CrossEntropyOptions& options) {
  const Tensor log_p = log_softmax(rows_of_scores(logits), 1);
  const std::int64_t classes = log_p.size(1);
  const Tensor weight = class_weight(options.weight, classes, logits.dtype(), "cross_entropy");
  Tensor t = rows_of_scores(target);
  if (options.label_smoothing > 0) {
    t = t * (1 - options.label_smoothing) + options.label_smoothing / static_cast<double>(classes);
  }
  const Tensor terms = weight.defined() ? t * log_p * weight : t * log_p;
  const Tensor losses = -sum(terms, 1);
  if (options.reduction != Reduction::none) return reduced(losses, options.reduction, "cross_entropy");
  Shape examples = logits.shape();
  examples.erase(logits.dim() == 1 ? 0 : 1);
  return reshape(losses, examples);
}

}  // namespace

Tensor nll_loss(const Tensor& log_probabilities, const Tensor& labels, const NLLLossOptions& options) {
  const ClassLabels of(log_probabilities, labels, options.ignore_index, "nll_loss");
  of.check_range("nll_loss");
  const Tensor weight = class_weight(options.weight, of.scores.size(1), of.scores.dtype(), "nll_loss");
  const Tensor losses = -squeeze(gather(of.scores, 1, unsqueeze(of.labels, 1)), 1);
  return reduced_by_class(label_losses(losses, of, weight), of, weight, options.reduction, "nll_loss");
}

Tensor cross_entropy(const Tensor& logits, const Tensor& labels, const CrossEntropyOptions& options) {
  const double smoothing = options.label_smoothing;
  check(smoothing >= 0 && smoothing <= 1,
        "cross_entropy: label_smoothing is {}; expected a number from 0 to 1", smoothing);
  if (labels.is_floating_point() && labels.shape() == logits.shape() && logits.dim() > 0) {
    return soft_cross_entropy(logits, labels, options);
  }
  const ClassLabels of(logits, labels, options.ignore_index, "cross_entropy");
  const std::int64_t classes = of.scores.size(1);
  const Tensor weight = class_weight(options.weight, classes, of.scores.dtype(), "cross_entropy");
  Tensor losses = label_losses(label_cross_entropy(of.scores, of.labels), of, weight);
  if (smoothing > 0) {
    const Tensor uniform = uniform_losses(log_softmax(of.scores, 1), of, weight);
    losses = (1 - smoothing) * losses + smoothing / static_cast<double>(classes) * uniform;
  }
  return reduced_by_class(losses, of, weight, options.reduction, "cross_entropy");
}

Tensor multi_margin_loss(const Tensor& scores, const Tensor& labels, const MultiMarginLossOptions& options) {
  check(options.p == 1 || options.p == 2, "multi_margin_loss: p is {}; expected 1 or 2", options.p);
  check(scores.dim() <= 2, "multi_margin_loss: the scores' shape is {}; expected {{N, C}} or {{C}}",
        scores.shape());
  constexpr std::int64_t ignore_nothing = std::numeric_limits<std::int64_t>::min();
  const ClassLabels of(scores, labels, ignore_nothing, "multi_margin_loss");
  of.check_range("multi_margin_loss");
  const std::int64_t classes = of.scores.size(1);
  const Tensor weight = class_weight(options.weight, classes, of.scores.dtype(), "multi_margin_loss");

  const Tensor index = unsqueeze(of.labels, 1);
  const Tensor margins = relu(of.scores - gather(of.scores, 1, index) + options.margin);
  const Tensor wrong = masked_fill(margins, one_hot(of.labels, classes).to(kBool), 0);
  Tensor losses = sum(options.p == 2 ? square(wrong) : wrong, 1) / classes;
  if (weight.defined()) losses = losses * index_select(weight, 0, of.labels);
  if (options.reduction == Reduction::none) return reshape(losses, of.example_shape);
  return reduced(losses, options.reduction, "multi_margin_loss");
}

}  // namespace xtape::nn
