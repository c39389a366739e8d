// Cross-entropy with class labels, the part of nn::cross_entropy that is an op.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// log(sum(e^x)) - x[label] for each row of the logits {N, C}: {N}, stable. Labels {N} are int64; an Error
/// where one is not in [0, C).   dx = (softmax(x) - one_hot(label)) g
Tensor label_cross_entropy(const Tensor& logits, const Tensor& labels);

}  // namespace xtape
