// Shape changes. Views share the storage of their input, as in PyTorch; `reshape` and `flatten` where strides
// allow.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// The same elements in another shape; one size may be -1. A view where strides allow, else a copy.
Tensor reshape(const Tensor& x, const Shape& shape);
Tensor flatten(const Tensor& x, Dim start_dim = 0, Dim end_dim = -1);
Tensor squeeze(const Tensor& x);           ///< drops all dims of size 1
Tensor squeeze(const Tensor& x, Dim dim);  ///< drops `dim` if its size is 1
Tensor unsqueeze(const Tensor& x, Dim dim);
Tensor transpose(const Tensor& x, Dim dim0, Dim dim1);
Tensor permute(const Tensor& x, const Dims& dims);
Tensor t(const Tensor& x);  ///< transpose of a tensor of at most two dims
Tensor broadcast_to(const Tensor& x, const Shape& shape);

}  // namespace xtape
