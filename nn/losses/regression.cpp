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

Tensor huber_loss(const Tensor& input, const Tensor& target, const HuberLossOptions& options) {
  check_target(input, target, "huber_loss");
  check(options.delta > 0, "huber_loss: delta is {}; expected a number above 0", options.delta);
  // c (z - c/2) with c = z clamped to [-delta, delta] is both branches at once, and smooth at z = 0. At the
  // bounds c stands still, as in PyTorch: the slope of the slope is 0 there.
  const Tensor z = input - target;
  const Tensor c = where(abs(z) >= options.delta, options.delta * sign(z.detach()), z);
  return reduced(c * (z - 0.5 * c), options.reduction, "huber_loss");
}

}  // namespace xtape::nn
