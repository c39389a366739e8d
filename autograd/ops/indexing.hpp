// Ops that look elements up by index, and sorting, which makes such indices. Indices are int64 and checked.
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

/// Stable; NaN counts as the greatest.
ValuesIndices sort(const Tensor& x, Dim dim = -1, bool descending = false);
Tensor argsort(const Tensor& x, Dim dim = -1, bool descending = false);
ValuesIndices topk(const Tensor& x, std::int64_t k, Dim dim = -1, bool largest = true, bool sorted = true);

/// int64 labels of any shape to {..., classes} of 0 and 1; classes -1 means the greatest label + 1.
Tensor one_hot(const Tensor& labels, std::int64_t classes = -1);

}  // namespace xtape
