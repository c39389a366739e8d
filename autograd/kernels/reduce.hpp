// Reductions along dims. They run unrecorded.
// Large inputs are cut into chunks of fixed size whose results are combined in order, so that a result does
// not depend on the number of threads.
#pragma once

#include "autograd/base/detail/dims.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

enum class Reduce { sum, sum_squares, prod, max, min, any, all };

/// x, of any strides, reduced over `dims`; `shape` is the result's. Sums and products of integers and bools
/// are int64, any and all give kBool. sum_squares is of floats, over all dims. Float sums add blocks of rows
/// up in double. max and min want a positive count; NaN wins.
Tensor reduce(Reduce how, const Tensor& x, DimSet dims, const Shape& shape);

}  // namespace xtape::kernels
