// The reductions and the check of elementwise losses.
#include "nn/losses/detail/elementwise.hpp"

#include "autograd/base/shape.hpp"

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

}  // namespace xtape::nn
