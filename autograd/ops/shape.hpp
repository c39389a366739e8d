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

Tensor narrow(const Tensor& x, Dim dim, std::int64_t start, std::int64_t length);
/// x[start:end:step] along dim, with Python's treatment of negative and too large bounds; step > 0.
Tensor slice(const Tensor& x, Dim dim, std::int64_t start, std::int64_t end, std::int64_t step = 1);
Tensor select(const Tensor& x, Dim dim, std::int64_t index);  ///< x[..., index, ...], one dim less
std::vector<Tensor> unbind(const Tensor& x, Dim dim = 0);
/// Pieces of `size` (the last may be smaller), or of the given sizes, along dim.
std::vector<Tensor> split(const Tensor& x, std::int64_t size, Dim dim = 0);
std::vector<Tensor> split(const Tensor& x, const Shape& sizes, Dim dim = 0);
std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, Dim dim = 0);

Tensor cat(const std::vector<Tensor>& tensors, Dim dim = 0);
Tensor stack(const std::vector<Tensor>& tensors, Dim dim = 0);
Tensor flip(const Tensor& x, const Dims& dims);
/// PyTorch's order: {left, right, top, bottom, ...} from the last dim on; negative amounts crop. The value is
/// cut to an integer for an integer x; one that x's dtype does not hold is an Error.
Tensor pad(const Tensor& x, const Shape& padding, Scalar value = 0);

}  // namespace xtape
