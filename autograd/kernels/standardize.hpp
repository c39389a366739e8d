// Kernels of the normalising layers: to mean 0 and variance 1, then a scale and an offset. They run
// unrecorded on contiguous floats, and do not depend on the number of threads.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// What of x {a, b, c, d} has a mean and a variance of its own: each b, over a, c and d (`across`, of batch
/// norm), or each a and b, over c and d. Without `centred` the mean counts as 0.
struct Standardizing {
  bool across = false;
  bool centred = true;
  double eps = 0;
};

/// {y, mean, variance}, y = (x - mean) / sqrt(variance + eps) w + b, of x {a, b, c, d} and w, b {b, c, 1}.
/// The others are {a or 1, b, 1, 1}; the variance is the biased one.
std::array<Tensor, 3> standardize(const Tensor& x, const Tensor& w, const Tensor& b,
                                  const Standardizing& how);
/// The gradients of x, w and b.
std::array<Tensor, 3> standardize_backward(const Tensor& x, const Tensor& w, const Tensor& g,
                                           const Standardizing& how);
/// x w + b of x {n, c, d} and w, b {c, 1}.
Tensor channel_affine(const Tensor& x, const Tensor& w, const Tensor& b);

}  // namespace xtape::kernels
