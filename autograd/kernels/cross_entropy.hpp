// Softmax and cross-entropy with class labels in one pass over the scores. They run unrecorded on contiguous
// floats.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// log(sum(e^x)) - x[label] for each row of x {N, C}: {N}. Labels {N} are int64 in [0, C).
Tensor label_cross_entropy(const Tensor& x, const Tensor& labels);
/// (softmax(x) - one_hot(label)) g for each row, g {N} of any stride.
Tensor label_cross_entropy_backward(const Tensor& x, const Tensor& labels, const Tensor& g);

}  // namespace xtape::kernels
