// Losses on differences.
#include "nn/losses/regression.hpp"

#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/squared_error.hpp"
#include "nn/losses/detail/elementwise.hpp"

namespace xtape::nn {

Tensor mse_loss(const Tensor& input, const Tensor& target, const LossOptions& options) {
  check_target(input, target, "mse_loss");
  if (options.reduction != Reduction::mean && options.reduction != Reduction::sum)
    return reduced(square(input - target), options.reduction, "mse_loss");
  const DType dtype = result_type(input, target);
  const Tensor goal = target.shape() == input.shape() ? target : target.expand(input.shape());
  const double divisor = options.reduction == Reduction::mean ? static_cast<double>(input.numel()) : 1;
  return squared_error(input.to(dtype), goal.to(dtype), divisor);
}

Tensor l1_loss(const Tensor& input, const Tensor& target, const LossOptions& options) {
  check_target(input, target, "l1_loss");
  return reduced(abs(input - target), options.reduction, "l1_loss");
}

namespace {

/// The losses of huber_loss, one by one.
Tensor huber(const Tensor& input, const Tensor& target, double delta) {
  // c (z - c/2) with c = z clamped to [-delta, delta] is both branches at once, and smooth at z = 0. At the
  // bounds c stands still, as in PyTorch: the slope of the slope is 0 there.
  const Tensor z = input - target;
  const Tensor c = where(abs(z) >= delta, delta * sign(z.detach()), z);
  return c * (z - 0.5 * c);
}

}  // namespace

Tensor huber_loss(const Tensor& input, const Tensor& target, const HuberLossOptions& options) {
  check_target(input, target, "huber_loss");
  check(options.delta > 0, "huber_loss: delta is {}; expected a number above 0", options.delta);
  return reduced(huber(input, target, options.delta), options.reduction, "huber_loss");
}

Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, const SmoothL1LossOptions& options) {
  check(options.beta >= 0, "smooth_l1_loss: beta is {}; expected a number of at least 0", options.beta);
  check_target(input, target, "smooth_l1_loss");
  const Tensor losses =
      options.beta == 0 ? abs(input - target) : huber(input, target, options.beta) / options.beta;
  return reduced(losses, options.reduction, "smooth_l1_loss");
}

}  // namespace xtape::nn
