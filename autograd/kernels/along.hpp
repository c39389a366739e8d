// Extremes along one dim, and where they stand. Unrecorded; a result does not depend on the number of
// threads.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// {values, indices} of the first greatest (or smallest) elements of a contiguous x along a dim of positive
/// size; NaN wins. `shape` is the results'.
std::array<Tensor, 2> extremum(bool greatest, const Tensor& x, int dim, const Shape& shape);

}  // namespace xtape::kernels
