// Going through a dataset in batches and averaging over its examples.
#include "nn/train/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/create.hpp"
#include "nn/module/mode_scope.hpp"

namespace xtape::nn {

BatchLoss::Function BatchLoss::checked(Function f) {
  check(f != nullptr, "loss: the function is empty");
  return f;
}

Tensor BatchLoss::operator()(const Tensor& output, const Tensor& target) const {
  Tensor loss = f_(output, target);
  check(loss.numel() == 1, "loss: the result has shape {}; expected one number, the mean over the batch",
        loss.shape());
  return loss;
}

double class_accuracy(const Tensor& logits, const Tensor& labels) { return accuracy(logits, labels); }

namespace {

/// Calls f(output, target, count) for each batch of `count` examples, until all are done or the caller
/// cancels.
template <class F>
void for_each_output(Module& model, const datasets::Dataset& dataset, const EvaluateOptions& options,
                     std::string_view name, const F& f) {
  check(options.batch_size > 0, "{}: batch_size is {}; expected at least 1", name, options.batch_size);
  const Tensor all = options.indices ? Tensor() : arange(0, dataset.size());
  std::span<const std::int64_t> left =
      options.indices
          ? *options.indices
          : std::span<const std::int64_t>(all.data<std::int64_t>(), static_cast<std::size_t>(all.numel()));
  check(!left.empty(), "{}: there are no examples", name);

  const NoGradGuard no_grad;
  const EvalMode eval(model);
  Generator generator;  // random transforms are the same each time, and leave the default generator alone
  while (!left.empty() && !(options.cancelled && options.cancelled())) {
    const auto batch = left.first(std::min(left.size(), static_cast<std::size_t>(options.batch_size)));
    left = left.subspan(batch.size());
    const auto [x, y] = dataset.get_batch(batch, generator);
    f(model(x), y, static_cast<double>(batch.size()));
  }
}

}  // namespace

Evaluation evaluate(Module& model, const datasets::Dataset& dataset, const EvaluateOptions& options) {
  double loss = 0, right = 0, examples = 0;
  for_each_output(model, dataset, options, "evaluate",
                  [&](const Tensor& output, const Tensor& y, double count) {
                    loss += count * options.loss(output, y).item();
                    if (options.accuracy) right += count * options.accuracy(output, y);
                    examples += count;
                  });
  Evaluation result;
  if (examples == 0) return result;
  result.examples = static_cast<std::int64_t>(examples);
  result.loss = loss / examples;
  if (options.accuracy) result.accuracy = right / examples;
  return result;
}

double accuracy(Module& model, const datasets::Dataset& dataset, std::int64_t batch_size) {
  double right = 0;
  for_each_output(model, dataset, {.batch_size = batch_size}, "accuracy",
                  [&](const Tensor& output, const Tensor& labels, double count) {
                    right += std::round(count * accuracy(output, labels));  // a whole number again
                  });
  return right / static_cast<double>(dataset.size());
}

Tensor confusion_matrix(Module& model, const datasets::Dataset& dataset, std::int64_t classes,
                        std::int64_t batch_size) {
  Tensor matrix;
  for_each_output(model, dataset, {.batch_size = batch_size}, "confusion_matrix",
                  [&](const Tensor& output, const Tensor& labels, double) {
                    const Tensor counts =
                        confusion_matrix(output, labels, matrix.defined() ? matrix.size(0) : classes);
                    matrix = matrix.defined() ? matrix + counts : counts;
                  });
  return matrix;
}

}  // namespace xtape::nn
