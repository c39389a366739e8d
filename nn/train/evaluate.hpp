// How good a model is on a dataset: loss, accuracy and the confusion matrix.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "datasets/dataset.hpp"
#include "nn/losses/classification.hpp"
#include "nn/metrics.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

/// loss(output, target) -> one number, the mean over a batch. Made from any function of the two, from a
/// module (CrossEntropyLoss({.label_smoothing = 0.1})), or from one of the library's losses with its default
/// options: `.loss = nn::multi_margin_loss`. Throws where it is made of an empty function.
class BatchLoss {
 public:
  template <class F>
  requires std::is_invocable_r_v<Tensor, F&, const Tensor&, const Tensor&> BatchLoss(F f)
      : f_(checked(std::move(f))) {}  // NOLINT: implicit
  template <class Options>
  BatchLoss(Tensor (*loss)(const Tensor&, const Tensor&, const Options&))  // NOLINT: implicit
      : f_([loss](const Tensor& output, const Tensor& target) { return loss(output, target, Options{}); }) {
    check(loss != nullptr, "loss: the function is empty");
  }

  /// Throws where the result is not one number.
  Tensor operator()(const Tensor& output, const Tensor& target) const;

 private:
  using Function = std::function<Tensor(const Tensor&, const Tensor&)>;
  static Function checked(Function f);

  Function f_;
};

/// accuracy(output, target) -> the share of right answers in a batch; binary_accuracy is one. Empty, it is
/// not measured.
using BatchAccuracy = std::function<double(const Tensor& output, const Tensor& target)>;

/// accuracy(logits, labels), the greatest logit against the label.
double class_accuracy(const Tensor& logits, const Tensor& labels);

struct EvaluateOptions {
  BatchLoss loss = cross_entropy;
  BatchAccuracy accuracy = class_accuracy;
  std::int64_t batch_size = 512;
  std::optional<std::span<const std::int64_t>> indices = {};  ///< of the examples to look at; all if unset
  std::function<bool()> cancelled = {};                       ///< asked before each batch; true ends early
};

struct Evaluation {
  double loss = std::numeric_limits<double>::quiet_NaN();      ///< mean over the examples
  double accuracy = std::numeric_limits<double>::quiet_NaN();  ///< NaN where it is not measured
  std::int64_t examples = 0;
};

/// In evaluation mode, unrecorded; each module gets its own mode back, and the default generator gives no
/// numbers. Throws where there are no examples.
Evaluation evaluate(Module& model, const datasets::Dataset& dataset, const EvaluateOptions& options = {});

/// accuracy(outputs, labels) of all examples, measured as evaluate() does.
double accuracy(Module& model, const datasets::Dataset& dataset, std::int64_t batch_size = 512);
/// confusion_matrix(outputs, labels, classes) of all examples, measured as evaluate() does. Without `classes`
/// the first batch tells their number.
Tensor confusion_matrix(Module& model, const datasets::Dataset& dataset, std::int64_t classes = -1,
                        std::int64_t batch_size = 512);

}  // namespace xtape::nn
