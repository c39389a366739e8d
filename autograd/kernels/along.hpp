// Kernels that go along one dim and keep track of places: the indices of extremes, running sums. They run
// unrecorded, and a result does not depend on the number of threads.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// {values, indices} of the first greatest (or smallest) elements of a contiguous x along a dim of positive
/// size; NaN wins. `shape` is the results'.
std::array<Tensor, 2> extremum(bool greatest, const Tensor& x, int dim, const Shape& shape);

/// Running sums of a contiguous x along dim, kept in double; integers and bools give int64.
Tensor cumsum(const Tensor& x, int dim);

}  // namespace xtape::kernels
