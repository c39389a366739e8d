// Ops that look elements up by index. Indices are int64 and checked.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Rows of x along dim: out[..., i, ...] = x[..., index[i], ...]; index is 1-d. Repeats add up in the
/// gradient.
Tensor index_select(const Tensor& x, Dim dim, const Tensor& index);
/// out[i][j] = x[index[i][j]][j] for dim 0; index has x's number of dims and fits inside x elsewhere.
Tensor gather(const Tensor& x, Dim dim, const Tensor& index);
/// x with src added at index, the adjoint of gather: out[index[i][j]][j] += src[i][j] for dim 0.
Tensor scatter_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src);
/// x with the rows of src added along dim at the 1-d index, the adjoint of index_select.
Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src);

/// int64 labels of any shape to {..., classes} of 0 and 1; classes -1 means the greatest label + 1.
Tensor one_hot(const Tensor& labels, std::int64_t classes = -1);

}  // namespace xtape
