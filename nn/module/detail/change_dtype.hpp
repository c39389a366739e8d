// Changing a tensor's dtype in place, so that every handle to it sees the change.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

/// Converts the values (and the gradient, if there is one) of the leaf x. The tensor keeps its identity:
/// handles held by modules and optimisers stay valid. Its values move to a new contiguous storage, which
/// nothing else shares.
void change_dtype(const Tensor& x, DType dtype);

}  // namespace xtape::nn
