// Tensors made of whole others: joined, flipped, padded.
#pragma once

#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor cat(const std::vector<Tensor>& tensors, Dim dim = 0);
Tensor stack(const std::vector<Tensor>& tensors, Dim dim = 0);
Tensor concat(const std::vector<Tensor>& tensors, Dim dim = 0);       ///< cat
Tensor concatenate(const std::vector<Tensor>& tensors, Dim dim = 0);  ///< cat
/// As NumPy: 1-d tensors one after the other, others along dim 1.
Tensor hstack(const std::vector<Tensor>& tensors);
Tensor vstack(const std::vector<Tensor>& tensors);        ///< along dim 0, 1-d tensors as rows
Tensor row_stack(const std::vector<Tensor>& tensors);     ///< vstack
Tensor dstack(const std::vector<Tensor>& tensors);        ///< along dim 2
Tensor column_stack(const std::vector<Tensor>& tensors);  ///< along dim 1, 1-d tensors as columns
Tensor flip(const Tensor& x, const Dims& dims);
/// PyTorch's order: {left, right, top, bottom, ...} from the last dim on; negative amounts crop. The value is
/// cut to an integer for an integer x; one that x's dtype does not hold is an Error.
Tensor pad(const Tensor& x, const Shape& padding, Scalar value = 0);

}  // namespace xtape
