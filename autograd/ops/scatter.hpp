// One index for each element: gather, and its kind that writes. For dim 0, index[i][j] says which element of
// column j is meant; index has as many dims as x and fits inside it beside `dim`.
#pragma once

#include <string_view>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// out[i][j] = x[index[i][j]][j] for dim 0; index has x's number of dims and fits inside x elsewhere.
Tensor gather(const Tensor& x, Dim dim, const Tensor& index);
/// gather with index and x broadcast against each other beside `dim`; without a dim, take(x, index).
Tensor take_along_dim(const Tensor& x, const Tensor& index, Dim dim);
Tensor take_along_dim(const Tensor& x, const Tensor& index);

/// x with out[index[i][j]][j] = src[i][j] for dim 0. index fits inside src. Of indices that repeat the last
/// counts, and the gradient of src is that of the place in out.
Tensor scatter(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src);
Tensor scatter(const Tensor& x, Dim dim, const Tensor& index, Scalar value);
/// x with src added at index, the adjoint of gather: out[index[i][j]][j] += src[i][j] for dim 0.
Tensor scatter_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src);

struct ScatterReduceOptions {
  bool include_self = true;
};
/// The elements of src that index sends to one place become their "sum", "prod", "mean", "amax" or "amin",
/// with the element of x there unless include_self is false. Places that none is sent to keep x. Of equal
/// extremes each takes an equal part of the gradient.
Tensor scatter_reduce(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src,
                      std::string_view reduce, bool include_self = true);
Tensor scatter_reduce(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src,
                      std::string_view reduce, const ScatterReduceOptions& options);

}  // namespace xtape
