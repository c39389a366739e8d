// Rows that are equal, numbers that are counted, places in a sorted row.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// Equal rows as groups.
struct Groups {
  Tensor first;     ///< of each group, the row that it is known by
  Tensor group_of;  ///< of each row
  Tensor counts;    ///< how many rows there are in each group
};
/// Of a contiguous {rows, columns}: of all rows, in ascending order, or of runs of equal ones only. NaN
/// differs from all.
Groups group_rows(const Tensor& x, bool runs_only);

/// How often 0 ... size - 1 stand in the int64 x, each within; with weights (float32 or float64) their sums.
Tensor bincount(const Tensor& x, const Tensor& weights, std::int64_t size);

/// The place of each element of `values` in its row of `sorted`: {rows, n} and {rows, m}, or one row for all;
/// `right` of equal elements.
Tensor search_sorted(const Tensor& sorted, const Tensor& values, bool right);

}  // namespace xtape::kernels
