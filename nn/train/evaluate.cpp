// Going through a dataset in batches and averaging over its examples.
#include "nn/train/evaluate.hpp"

#include <algorithm>

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

Evaluation evaluate(Module& model, const datasets::Dataset& dataset, const EvaluateOptions& options) {
  check(options.batch_size > 0, "evaluate: batch_size is {}; expected at least 1", options.batch_size);
  const Tensor all = options.indices ? Tensor() : arange(0, dataset.size());
  std::span<const std::int64_t> left =
      options.indices
          ? *options.indices
          : std::span<const std::int64_t>(all.data<std::int64_t>(), static_cast<std::size_t>(all.numel()));
  check(!left.empty(), "evaluate: there are no examples");

  const NoGradGuard no_grad;
  const EvalMode eval(model);
  Generator generator;  // random transforms are the same each time, and leave the default generator alone
  double loss = 0, right = 0;
  Evaluation result;
  while (!left.empty() && !(options.cancelled && options.cancelled())) {
    const auto batch = left.first(std::min(left.size(), static_cast<std::size_t>(options.batch_size)));
    left = left.subspan(batch.size());
    const auto [x, y] = dataset.get_batch(batch, generator);
    const Tensor output = model(x);
    const auto count = static_cast<double>(batch.size());
    loss += count * options.loss(output, y).item();
    if (options.accuracy) right += count * options.accuracy(output, y);
    result.examples += static_cast<std::int64_t>(batch.size());
  }
  if (result.examples == 0) return result;
  result.loss = loss / static_cast<double>(result.examples);
  if (options.accuracy) result.accuracy = right / static_cast<double>(result.examples);
  return result;
}

}  // namespace xtape::nn
