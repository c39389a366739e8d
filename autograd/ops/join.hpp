// Tensors made of whole others: joined, flipped, padded.
#pragma once

#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor cat(const std::vector<Tensor>& tensors, Dim dim = 0);
Tensor stack(const std::vector<Tensor>& tensors, Dim dim = 0);
Tensor flip(const Tensor& x, const Dims& dims);
/// PyTorch's order: {left, right, top, bottom, ...} from the last dim on; negative amounts crop. The value is
/// cut to an integer for an integer x; one that x's dtype does not hold is an Error.
Tensor pad(const Tensor& x, const Shape& padding, Scalar value = 0);

}  // namespace xtape
