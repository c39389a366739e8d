// Finite differences against the tape: does a function's gradient hold, and the gradient of its gradient?
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

/// A function under test: of tensors, giving a tensor of any shape.
using TensorFunction = std::function<Tensor(const std::vector<Tensor>&)>;

struct GradcheckOptions {
  double eps = 1e-6;   ///< step of the central difference
  double atol = 1e-5;  ///< |numeric - analytic| <= atol + rtol |analytic|, as PyTorch's defaults
  double rtol = 1e-3;
};

/// Converts to true where the check holds; else `message` names the input, the element and both values.
struct [[nodiscard]] GradcheckResult {
  bool ok = true;
  std::string message = {};

  explicit operator bool() const { return ok; }
};

/// Compares every element of the Jacobian of f with central differences, for each input that requires grad
/// (for each floating-point input where none does). Throws Error for float32 inputs and for an f that is not
/// deterministic.
GradcheckResult gradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs,
                          const GradcheckOptions& options = {});

/// gradcheck of the gradient of f with respect to its inputs, along random output gradients: order 2.
GradcheckResult gradgradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs,
                              const GradcheckOptions& options = {});

/// Central differences of sum(f) with respect to each floating-point input (undefined for others); float64.
std::vector<Tensor> numerical_gradient(const TensorFunction& f, const std::vector<Tensor>& inputs,
                                       double eps = 1e-6);

/// max |a - b| / max(1e-8, |a| + |b|), the measure of the CS231n notes; 0 for no elements.
double relative_error(const Tensor& a, const Tensor& b);
/// |a - b| / (|a| + |b|) with Euclidean norms; 0 where both are zero.
double norm_relative_error(const Tensor& a, const Tensor& b);

namespace detail {
/// The indices of element number `element` of a tensor of `shape`, for messages.
Shape position(const Shape& shape, std::int64_t element);
}  // namespace detail

}  // namespace xtape
