// Checks and reshaping of scores and labels, once for all losses on classes.
#include "nn/losses/detail/class_labels.hpp"

#include <algorithm>

namespace xtape::nn {

namespace {

/// The shape of the labels that fit `scores`: its shape without the class dim.
Shape label_shape(const Tensor& scores) {
  Shape shape = scores.shape();
  shape.erase(scores.dim() == 1 ? 0 : 1);
  return shape;
}

void check_shapes(const Tensor& scores, const Tensor& labels, std::string_view op) {
  check(scores.is_floating_point(), "{}: the scores are {}; expected float32 or float64", op, scores.dtype());
  check(scores.dim() >= 1, "{}: the scores are 0-d; expected {{N, C}}", op);
  check(is_integral(labels.dtype()), "{}: the labels are {}; expected int64", op, labels.dtype());
  const bool one_example = scores.dim() == 1 && labels.shape() == Shape{1};
  check(one_example || labels.shape() == label_shape(scores),
        "{}: labels of shape {} do not fit scores of shape {}; expected {}", op, labels.shape(),
        scores.shape(), label_shape(scores));
}

}  // namespace

Tensor rows_of_scores(const Tensor& scores) {
  if (scores.dim() == 2) return scores;
  if (scores.dim() == 1) return unsqueeze(scores, 0);
  const std::int64_t classes = scores.size(1);
  Dims class_last{0};
  for (int i = 2; i < scores.dim(); ++i) class_last.push_back(i);
  class_last.push_back(1);
  return reshape(permute(scores, class_last), {scores.numel() / (classes > 0 ? classes : 1), classes});
}

Tensor class_weight(const Tensor& weight, std::int64_t classes, DType dtype, std::string_view op) {
  if (!weight.defined()) return weight;
  check(weight.shape() == Shape{classes}, "{}: the weight's shape is {}; expected one factor per class, {}",
        op, weight.shape(), Shape{classes});
  return weight.detach().to(dtype);
}

ClassLabels::ClassLabels(const Tensor& scores_, const Tensor& labels_, std::int64_t ignore_index,
                         std::string_view op) {
  check_shapes(scores_, labels_, op);
  scores = rows_of_scores(scores_);
  example_shape = labels_.shape();
  const Tensor integers = labels_.to(kInt64);
  labels = (integers.dim() == 1 ? integers : reshape(integers, {integers.numel()})).contiguous();

  const auto* label = labels.data<std::int64_t>();
  if (std::find(label, label + labels.numel(), ignore_index) == label + labels.numel()) return;
  ignored = labels == ignore_index;
  labels = masked_fill(labels, ignored, 0);
}

void ClassLabels::check_range(std::string_view op) const {
  const std::int64_t classes = scores.size(1);
  const auto* label = labels.data<std::int64_t>();
  for (std::int64_t i = 0; i < labels.numel(); ++i) {
    check(0 <= label[i] && label[i] < classes, "{}: label {} at position {} is out of range for {} classes",
          op, label[i], i, classes);
  }
}

Tensor ClassLabels::factors(const Tensor& weight) const {
  const Tensor all =
      weight.defined() ? index_select(weight, 0, labels) : ones({labels.numel()}, {.dtype = scores.dtype()});
  return without_ignored(all);
}

Tensor ClassLabels::without_ignored(const Tensor& values) const {
  return ignored.defined() ? masked_fill(values, ignored, 0) : values;
}

}  // namespace xtape::nn
