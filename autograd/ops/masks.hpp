// Elements chosen by masks: taken out, put in, and the places where they stand.
#pragma once

#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// The elements of x where the bool mask is true, in row-major order: {count}. The two broadcast.
Tensor masked_select(const Tensor& x, const Tensor& mask);
/// x with the first elements of source, in row-major order, where mask (broadcast to x) is true. An Error
/// where source has too few, or another dtype.
Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source);

/// The indices of the elements that are not 0, one row of int64 for each: {count, dims}.
Tensor nonzero(const Tensor& x);
Tensor argwhere(const Tensor& x);
/// The same as an index of x: one {count} for each dim. A 0-d tensor counts as {1}.
std::vector<Tensor> nonzero_numpy(const Tensor& x);
std::vector<Tensor> where(const Tensor& condition);

}  // namespace xtape
