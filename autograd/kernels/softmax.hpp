// Kernels of the softmax family along one dim, and dropout's mask. They run unrecorded on contiguous floats.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape {
class Generator;
}

namespace xtape::kernels {

Tensor softmax(const Tensor& x, int dim);
Tensor log_softmax(const Tensor& x, int dim);
/// y (g - sum(g y)) along dim
Tensor softmax_backward(const Tensor& y, const Tensor& g, int dim);
/// g - e^y sum(g) along dim
Tensor log_softmax_backward(const Tensor& y, const Tensor& g, int dim);

/// 0 with probability p, else 1 / (1 - p).
Tensor dropout_mask(const Shape& shape, DType dtype, double p, Generator& generator);

}  // namespace xtape::kernels
