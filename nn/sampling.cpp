// Sampling of words: what is left out gets minus infinity, the rest is drawn by its probabilities.
#include "nn/sampling.hpp"

#include <algorithm>
#include <limits>

#include "autograd/graph/grad_mode.hpp"

namespace xtape::nn {

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

void check_options(const Tensor& logits, const SampleTokenOptions& options) {
  check(logits.is_floating_point() && logits.dim() >= 1 && logits.size(-1) > 0,
        "sample_token: the logits are {} of shape {}; expected floats {{..., words}}", logits.dtype(),
        logits.shape());
  check(options.temperature > 0, "sample_token: the temperature is {}; expected more than 0, or greedy",
        options.temperature);
  check(options.top_k >= 0, "sample_token: top_k is {}; expected 0 (all) or more", options.top_k);
  check(options.top_p > 0 && options.top_p <= 1, "sample_token: top_p is {}; expected more than 0, at most 1",
        options.top_p);
}

Tensor greatest(const Tensor& logits, std::int64_t k) {
  const Tensor last = narrow(topk(logits, k, -1).values, -1, k - 1, 1);
  return masked_fill(logits, logits < last, kMinusInfinity);
}

Tensor likeliest(const Tensor& logits, double p) {
  const auto [sorted, places] = sort(logits, -1, true);
  const Tensor chances = softmax(sorted, -1);
  const Tensor enough_before = cumsum(chances, -1) - chances >= p;
  const Tensor left_out = scatter(zeros_like(enough_before), -1, places, enough_before);
  return masked_fill(logits, left_out, kMinusInfinity);
}

}  // namespace

Tensor sample_token(const Tensor& logits, const SampleTokenOptions& options) {
  check_options(logits, options);
  const NoGradGuard no_grad;
  if (options.greedy) return argmax(logits, -1);
  const std::int64_t words = logits.size(-1);
  Tensor scores = logits / options.temperature;
  if (options.top_k > 0 && options.top_k < words) scores = greatest(scores, options.top_k);
  if (options.top_p < 1) scores = likeliest(scores, options.top_p);
  Shape shape = logits.shape();
  shape.erase(shape.size() - 1);
  const Tensor rows = softmax(scores, -1).reshape({shape.numel(), words});
  return multinomial(rows, 1, {.generator = options.generator}).reshape(shape);
}

}  // namespace xtape::nn
