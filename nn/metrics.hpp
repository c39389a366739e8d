// How good predictions are: accuracy and the confusion matrix. Those of a model on a dataset stand in
// train/evaluate.hpp.
#pragma once

#include <cstdint>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

/// The share of right predictions, 0 to 1. `predictions` are scores {N, C} (the greatest counts; the first of
/// equals) or int64 classes {N}; labels are int64 {N}. Throws where there are none.
double accuracy(const Tensor& predictions, const Tensor& labels);

/// The share of right answers to yes or no: of probabilities above 0.5, or logits above 0, against targets
/// above 0.5. Both are of one shape, {N} or {N, 1}. Throws where there are none.
double binary_accuracy(const Tensor& probabilities, const Tensor& targets);
double binary_accuracy_with_logits(const Tensor& logits, const Tensor& targets);

/// int64 {classes, classes}: how often an example of class i (row) was taken for class j (column). Without
/// `classes` it is the number of scores, or of the classes that occur.
Tensor confusion_matrix(const Tensor& predictions, const Tensor& labels, std::int64_t classes = -1);

}  // namespace xtape::nn
