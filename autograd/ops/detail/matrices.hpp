// What the ops of linear algebra ask of their inputs, and bring them to.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// Throws unless x is a matrix, or a batch of them, of floats.
inline void check_matrices(const Tensor& x, std::string_view op) {
  check(x.dim() >= 2, "{}: expected a matrix or a batch of them, got {}", op, x.shape());
  check_floating(x.dtype(), op);
}

inline void check_square(const Tensor& x, std::string_view op) {
  check_matrices(x, op);
  check(x.size(-1) == x.size(-2), "{}: expected square matrices, got {}", op, x.shape());
}

inline Tensor turned(const Tensor& x) { return transpose(x, -2, -1); }

/// The lower triangle of a and its mirror image. Gradients are those of a symmetric a.
inline Tensor mirrored(const Tensor& a) {
  const Tensor values = a.detach(), lower = tril(values);
  return a + (lower + turned(tril(lower, -1)) - values);
}

/// Well-conditioned square matrices for cases: random ones with n added to the diagonal.
inline Tensor regular_matrices(const Shape& shape) {
  return randn(shape, {.dtype = kFloat64}) +
         static_cast<double>(shape.back()) * eye(shape.back(), {.dtype = kFloat64});
}

}  // namespace xtape::detail
