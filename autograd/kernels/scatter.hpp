// Elements looked up and written by an index for each of them. For dim 0: x[index[i, j, ...], j, ...]. The
// index is contiguous, checked by the caller, and has as many dims as the tensor; what is written has one
// order on any number of threads.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// y[i, j, ...] = x[index[i, j, ...], j, ...] for dim 0; x of any strides.
Tensor gather(const Tensor& x, int dim, const Tensor& index);

/// How what is written meets what is there.
enum class Scatter { replace, add, multiply, amax, amin };
/// y[index[i, j, ...], j, ...] = (or +=, ...) v[i, j, ...] for dim 0; v is contiguous, of the shape of index;
/// y has any strides. NaN wins amax and amin.
void scatter(Scatter kind, const Tensor& y, int dim, const Tensor& index, const Tensor& v);

}  // namespace xtape::kernels
