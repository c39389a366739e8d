// How good a classifier is: accuracy and the confusion matrix, of given predictions or of a model on a
// dataset.
#pragma once

#include "datasets/dataset.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

/// The share of right predictions, 0 to 1. `predictions` are scores {N, C} (the greatest counts; the first of
/// equals) or int64 classes {N}; labels are int64 {N}. Throws where there are none.
double accuracy(const Tensor& predictions, const Tensor& labels);
/// Of a model on a whole dataset: in evaluation mode, unrecorded; each module gets its own mode back.
double accuracy(Module& model, const datasets::Dataset& dataset, std::int64_t batch_size = 512);

/// The share of right answers to yes or no: of probabilities above 0.5, or logits above 0, against targets
/// above 0.5. Both are of one shape, {N} or {N, 1}. Throws where there are none.
double binary_accuracy(const Tensor& probabilities, const Tensor& targets);
double binary_accuracy_with_logits(const Tensor& logits, const Tensor& targets);

/// int64 {classes, classes}: how often an example of class i (row) was taken for class j (column). Without
/// `classes` it is the number of scores, or of the classes that occur.
Tensor confusion_matrix(const Tensor& predictions, const Tensor& labels, std::int64_t classes = -1);
Tensor confusion_matrix(Module& model, const datasets::Dataset& dataset, std::int64_t classes = -1,
                        std::int64_t batch_size = 512);

}  // namespace xtape::nn
