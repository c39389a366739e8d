// What the losses on class labels share: scores as {N, C}, checked labels, and a factor per example.
#pragma once

#include <cstdint>
#include <string_view>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

/// Scores and labels of any of the accepted shapes as {N, C} and {N}.
struct ClassLabels {
  /// Throws, naming `op`, where shapes or dtypes do not fit.
  ClassLabels(const Tensor& scores, const Tensor& labels, std::int64_t ignore_index, std::string_view op);

  /// Throws, naming `op`, where a label is out of range: for losses whose ops do not say it in these words.
  void check_range(std::string_view op) const;

  /// The {N} factors: weight[label] (1 without weight), and 0 for ignored labels.
  Tensor factors(const Tensor& weight) const;
  /// values {N} with 0 where the label is ignored, whatever stood there.
  Tensor without_ignored(const Tensor& values) const;

  Tensor scores;        ///< {N, C}
  Tensor labels;        ///< {N}, int64, 0 in place of an ignored label
  Tensor ignored;       ///< {N}, bool; undefined where none is
  Shape example_shape;  ///< the shape of the labels as they came
};

/// Scores {N, C, ...} as {N', C} with the class last; {C} as {1, C}.
Tensor rows_of_scores(const Tensor& scores);

/// Throws, naming `op`, unless `weight` is undefined or of shape {classes}. Gives it in `dtype`, detached.
Tensor class_weight(const Tensor& weight, std::int64_t classes, DType dtype, std::string_view op);

}  // namespace xtape::nn
