// Losses against class labels.
#include <limits>

#include "nn/losses/classification.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

nn::Reduction reduction_of(const Call& call) {
  const std::string name = call.text("reduction", "mean");
  check(name == "mean" || name == "sum" || name == "none",
        "the reduction is \"{}\"; expected mean, sum or none", name);
  return name == "mean" ? nn::Reduction::mean : name == "sum" ? nn::Reduction::sum : nn::Reduction::none;
}

Tensor label_loss(const Call& call, const Tensor& log_probabilities) {
  const std::int64_t ignored = call.integer("ignore_index", std::numeric_limits<std::int64_t>::min());
  return nn::nll_loss(log_probabilities, call[1].to(kInt64),
                      {.weight = call.get(2), .ignore_index = ignored, .reduction = reduction_of(call)});
}

Results negative_log_likelihood(const Call& call) { return label_loss(call, call[0]); }

Results softmax_cross_entropy(const Call& call) {
  const Tensor log_probabilities = log_softmax(call[0], 1);
  return {label_loss(call, log_probabilities), log_probabilities};
}

}  // namespace

Operators loss_operators() {
  return {{"NegativeLogLikelihoodLoss", 12, negative_log_likelihood, "", {2}},
          {"SoftmaxCrossEntropyLoss", 12, softmax_cross_entropy, "", {2}}};
}

}  // namespace xtape::onnx::detail
