// The norm of all gradients together, summed up in double, and the scaling that follows from it.
#include "nn/utils/clip_grad.hpp"

#include <algorithm>
#include <cmath>

#include "autograd/graph/grad_mode.hpp"

namespace xtape::nn::utils {

namespace {

/// Calls f with each element of x as a double.
template <class F>
void for_each_element(const Tensor& x, const F& f) {
  const Tensor dense = x.detach().contiguous();
  xtape::detail::visit_floating(dense.dtype(), "clip_grad_norm_", [&]<class T>(T) {
    const T* values = dense.data<T>();
    for (std::int64_t i = 0; i < dense.numel(); ++i) f(static_cast<double>(values[i]));
  });
}

double norm_of_all(const std::vector<Tensor>& gradients, double p) {
  double total = 0;
  for (const Tensor& g : gradients) {
    if (std::isinf(p)) {
      // !(a <= b) is true of NaN too, which must not be lost
      for_each_element(g, [&](double v) {
        if (!(std::abs(v) <= total) && !std::isnan(total)) total = std::abs(v);
      });
    } else if (p == 2) {
      for_each_element(g, [&](double v) { total += v * v; });
    } else if (p == 1) {
      for_each_element(g, [&](double v) { total += std::abs(v); });
    } else {
      for_each_element(g, [&](double v) { total += std::pow(std::abs(v), p); });
    }
  }
  if (std::isinf(p)) return total;
  return p == 2 ? std::sqrt(total) : std::pow(total, 1 / p);
}

std::vector<Tensor> gradients_of(const std::vector<Tensor>& parameters) {
  std::vector<Tensor> gradients;
  for (const Tensor& parameter : parameters) {
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  }
  return gradients;
}

}  // namespace

double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm,
                       const ClipGradNormOptions& options) {
  check(options.norm_type > 0, "clip_grad_norm_: norm_type is {}; expected a number above 0",
        options.norm_type);
  check(max_norm >= 0, "clip_grad_norm_: max_norm is {}; expected 0 or more", max_norm);
  const std::vector<Tensor> gradients = gradients_of(parameters);
  const double total = norm_of_all(gradients, options.norm_type);
  check(!options.error_if_nonfinite || std::isfinite(total),
        "clip_grad_norm_: the norm of the gradients is {}", total);

  const double scale = max_norm / (total + 1e-6);
  if (scale >= 1) return total;
  const NoGradGuard no_grad;
  for (const Tensor& g : gradients) g.mul_(scale);
  return total;
}

double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm, double norm_type) {
  return clip_grad_norm_(parameters, max_norm, ClipGradNormOptions{.norm_type = norm_type});
}

void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value) {
  check(clip_value >= 0, "clip_grad_value_: clip_value is {}; expected 0 or more", clip_value);
  const NoGradGuard no_grad;
  for (const Tensor& g : gradients_of(parameters)) g.clamp_(-clip_value, clip_value);
}

}  // namespace xtape::nn::utils
