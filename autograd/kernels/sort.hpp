// Sorting along a dim.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// {values, indices} of the first `count` elements of a contiguous x along dim in sorted order. Equal
/// elements keep their order; NaN counts as the greatest.
std::array<Tensor, 2> sort(const Tensor& x, int dim, bool descending, std::int64_t count);

}  // namespace xtape::kernels
