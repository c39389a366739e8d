// Kernels that make one number of each window of a plane, and their gradients. They run unrecorded on
// contiguous floats {planes, height, width}, and do not depend on the number of threads.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// The windows along both axes: window o begins at o stride - padding and has `kernel` taps, `dilation`
/// apart, of which those inside count. Adaptive ones (kernel 0) share the size evenly among the `out`
/// windows.
struct Pooling {
  std::array<std::int64_t, 2> size, out, kernel, stride, padding, dilation;
  bool count_include_pad = true;
  std::int64_t divisor = 0;  ///< of every average; 0 for the number of elements
};

/// The greatest of each window {planes, out, out}; NaN wins.
Tensor max_pool(const Tensor& x, const Pooling& p);
/// Where in its plane that stands, as int64: the first of equal ones, the last NaN.
Tensor max_pool_indices(const Tensor& x, const Pooling& p);
/// g of each window at the place of its greatest, added up.
Tensor max_pool_backward(const Tensor& x, const Tensor& g, const Pooling& p);
/// The mean of each window; 0 of one without elements.
Tensor avg_pool(const Tensor& x, const Pooling& p);
/// The adjoint of avg_pool.
Tensor avg_pool_backward(const Tensor& g, const Pooling& p);

}  // namespace xtape::kernels
