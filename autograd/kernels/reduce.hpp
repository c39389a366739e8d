// Kernels that run along dims: reductions, the places of extremes, running sums. They run unrecorded.
// Large inputs are cut into chunks of fixed size whose results are combined in order, so that a result does
// not depend on the number of threads.
#pragma once

#include <array>

#include "autograd/base/detail/dims.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// A contiguous tensor seen as {outer, n, inner}; n is what a kernel runs along.
struct Rows {
  std::int64_t outer = 1, n = 1, inner = 1;
};
Rows rows_along(const Shape& shape, int dim);

enum class Reduce { sum, sum_squares, prod, max, min, any, all };

/// x, of any strides, reduced over `dims`; `shape` is the result's. Sums and products of integers and bools
/// are int64, any and all give kBool. sum_squares is of floats, over all dims. Float sums add blocks of rows
/// up in double. max and min want a positive count; NaN wins.
Tensor reduce(Reduce how, const Tensor& x, DimSet dims, const Shape& shape);

/// {values, indices} of the first greatest (or smallest) elements of a contiguous x along a dim of positive
/// size; NaN wins. `shape` is the results'.
std::array<Tensor, 2> extremum(bool greatest, const Tensor& x, int dim, const Shape& shape);

/// Running sums of a contiguous x along dim, kept in double; integers and bools give int64.
Tensor cumsum(const Tensor& x, int dim);

}  // namespace xtape::kernels
