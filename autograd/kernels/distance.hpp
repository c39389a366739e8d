// Distances of all pairs of rows. They run unrecorded.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// Euclidean distances {b, n, m} of the rows of contiguous floats x {b, n, d} and y {b, m, d}, each from its
/// own differences: exact for near rows, too.
Tensor distances(const Tensor& x, const Tensor& y);

}  // namespace xtape::kernels
