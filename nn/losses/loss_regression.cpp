// Losses on differences, the reductions, and the penalty on weights.
#include "autograd/base/shape.hpp"
#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/squared_error.hpp"
#include "nn/losses/detail/loss_reduction.hpp"
#include "nn/losses/loss.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

Tensor reduced(const Tensor& losses, Reduction reduction, std::string_view op) {
  check(reduction != Reduction::batchmean,
        "{}: batchmean is a reduction of kl_div; expected none, mean or sum", op);
  if (reduction == Reduction::mean) return mean(losses);
  if (reduction == Reduction::sum) return sum(losses);
  return losses;
}

void check_target(const Tensor& input, const Tensor& target, std::string_view op) {
  check(input.is_floating_point(), "{}: the input is {}; expected float32 or float64", op, input.dtype());
  check(xtape::detail::broadcasts_to(target.shape(), input.shape()),
        "{}: the target's shape {} does not fit the input's {}", op, target.shape(), input.shape());
}

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

Tensor l2_penalty(const ModuleBase& module, double reg) {
  Tensor total;
  for (const Tensor& parameter : module.parameters()) {
    if (parameter.dim() < 2) continue;
    const Tensor squares = sum_squares(parameter);
    total = total.defined() ? total + squares : squares;
  }
  return total.defined() ? 0.5 * reg * total : tensor(0.0);
}

}  // namespace xtape::nn
