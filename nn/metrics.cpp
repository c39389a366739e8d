// Counting right and wrong predictions.
#include "nn/metrics.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "autograd/ops/create.hpp"

namespace xtape::nn {

namespace {

/// Predicted and true classes, {N} each, int64 and contiguous.
struct Predictions {
  Tensor predicted;
  Tensor labels;
};

Predictions predictions_of(const Tensor& scores, const Tensor& labels, std::string_view op) {
  check(scores.defined() && labels.defined(), "{}: an undefined tensor; expected {}", op,
        scores.defined() ? "labels {N}, which the examples may lack" : "scores {N, C}");
  check(is_integral(labels.dtype()) && labels.dim() == 1,
        "{}: the labels are {} of shape {}; expected int64 {{N}}", op, labels.dtype(), labels.shape());
  const bool classes_given = is_integral(scores.dtype()) && scores.dim() == 1;
  check(classes_given || scores.dim() == 2,
        "{}: the predictions are {} of shape {}; expected scores {{N, C}} or int64 classes {{N}}", op,
        scores.dtype(), scores.shape());
  check(scores.size(0) == labels.size(0), "{}: {} predictions, but {} labels", op, scores.size(0),
        labels.size(0));
  const Tensor predicted = classes_given ? scores : argmax(scores.detach(), 1);
  return {predicted.to(kInt64).contiguous(), labels.to(kInt64).contiguous()};
}

std::int64_t count_right(const Predictions& of) {
  const auto* predicted = of.predicted.data<std::int64_t>();
  const auto* labels = of.labels.data<std::int64_t>();
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < of.labels.numel(); ++i) right += predicted[i] == labels[i];
  return right;
}

/// The share of scores that stand on the same side of the threshold as their targets of 0.5.
double share_above(const Tensor& scores, double threshold, const Tensor& targets, std::string_view op) {
  check(scores.shape() == targets.shape(), "{}: scores of shape {}, but targets of shape {}", op,
        scores.shape(), targets.shape());
  check(scores.numel() > 0, "{}: there are no predictions to count", op);
  const std::vector<double> x = scores.to_vector<double>(), t = targets.to_vector<double>();
  std::int64_t right = 0;
  for (std::size_t i = 0; i < x.size(); ++i) right += (x[i] > threshold) == (t[i] > 0.5);
  return static_cast<double>(right) / static_cast<double>(x.size());
}

/// Counts into rows[label][predicted].
void add_counts(const Predictions& of, const Tensor& matrix) {
  const std::int64_t classes = matrix.size(0);
  const auto* predicted = of.predicted.data<std::int64_t>();
  const auto* labels = of.labels.data<std::int64_t>();
  auto* counts = matrix.data<std::int64_t>();
  for (std::int64_t i = 0; i < of.labels.numel(); ++i) {
    check(0 <= labels[i] && labels[i] < classes,
          "confusion_matrix: label {} at position {} is out of range for {} "
          "classes",
          labels[i], i, classes);
    check(0 <= predicted[i] && predicted[i] < classes,
          "confusion_matrix: prediction {} at position {} is out of "
          "range for {} classes",
          predicted[i], i, classes);
    ++counts[labels[i] * classes + predicted[i]];
  }
}

std::int64_t classes_in(const Tensor& scores, const Predictions& of) {
  if (scores.dim() == 2) return scores.size(1);
  std::int64_t greatest = -1;
  for (const Tensor& x : {of.predicted, of.labels}) {
    if (x.numel() > 0) greatest = std::max(greatest, max(x).item<std::int64_t>());
  }
  return greatest == std::numeric_limits<std::int64_t>::max() ? greatest
                                                              : greatest + 1;  // too many either way
}

}  // namespace

double accuracy(const Tensor& predictions, const Tensor& labels) {
  const Predictions of = predictions_of(predictions, labels, "accuracy");
  check(of.labels.numel() > 0, "accuracy: there are no predictions to count");
  return static_cast<double>(count_right(of)) / static_cast<double>(of.labels.numel());
}

double binary_accuracy(const Tensor& probabilities, const Tensor& targets) {
  return share_above(probabilities, 0.5, targets, "binary_accuracy");
}

double binary_accuracy_with_logits(const Tensor& logits, const Tensor& targets) {
  return share_above(logits, 0, targets, "binary_accuracy_with_logits");
}

Tensor confusion_matrix(const Tensor& predictions, const Tensor& labels, std::int64_t classes) {
  const Predictions of = predictions_of(predictions, labels, "confusion_matrix");
  if (classes < 0) classes = classes_in(predictions, of);
  const Tensor matrix = zeros({classes, classes}, {.dtype = kInt64});
  add_counts(of, matrix);
  return matrix;
}

}  // namespace xtape::nn
