// Dropout of whole channels; that of elements is in softmax.hpp.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// In training, zeroes channels of x {N, C, ...} with probability p and scales the rest by 1 / (1 - p); else
/// gives x itself. An Error for p outside [0, 1]. Without `generator` the default one draws.
Tensor dropout2d(const Tensor& x, double p = 0.5, bool training = true, Generator* generator = nullptr);

}  // namespace xtape
