// The element of a given rank along one dim.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// Which element of a row is wanted: the lower median (of all, NaN where one is NaN; or of the numbers), the
/// k-th smallest from 1 on with NaN as the greatest, or the most frequent.
enum class Rank { median, nanmedian, kth, mode };

/// {values, indices} of a contiguous x along a dim of positive size, of `shape`. Of equal elements the index
/// is the first one's, for mode the last one's. Unrecorded.
std::array<Tensor, 2> ranked(Rank rank, std::int64_t k, const Tensor& x, int dim, const Shape& shape);

}  // namespace xtape::kernels
