// Elements looked up, and added up, by int64 indices. Every index is checked before anything is written.
// Inputs are contiguous; sums of bools are their "or".
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// y[o, i, ...] = x[o, index[i], ...], with o all dims before `dim`; index is 1-d.
Tensor index_select(const Tensor& x, int dim, const Tensor& index);
/// y[o, index[i], ...] += x[o, i, ...] into zeros of `shape`: the adjoint of index_select.
Tensor index_sum(const Tensor& x, int dim, const Tensor& index, const Shape& shape);

/// y[i, j, ...] = x[index[i, j, ...], j, ...] for dim 0; index has as many dims as x.
Tensor gather(const Tensor& x, int dim, const Tensor& index);
/// y[index[i, j, ...], j, ...] += x[i, j, ...] into zeros of `shape`, for dim 0: the adjoint of gather. x has
/// the shape of index.
Tensor scatter_sum(const Tensor& x, int dim, const Tensor& index, const Shape& shape);

/// y[..., label[...]] = 1 among int64 zeros.
Tensor one_hot(const Tensor& labels, std::int64_t classes);

}  // namespace xtape::kernels
