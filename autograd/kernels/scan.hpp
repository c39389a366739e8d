// Kernels that run along one dim and give a result at every step. They run unrecorded on contiguous tensors,
// keep floats in double, and do not depend on the number of threads.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

Tensor cumsum(const Tensor& x, int dim);        ///< integers and bools give int64
Tensor cumprod(const Tensor& x, int dim);       ///< as cumsum
Tensor logcumsumexp(const Tensor& x, int dim);  ///< of floats
/// {values, indices} of the greatest (smallest) so far, of equal ones the last; NaN stays.
std::array<Tensor, 2> cumextremum(bool greatest, const Tensor& x, int dim);
/// y[i] = x[i] + a[i] y[i - 1], or y[i] = x[i] + a[i + 1] y[i + 1] from the end on where `reversed`; of
/// floats.
Tensor recurrence(const Tensor& x, const Tensor& a, int dim, bool reversed);

}  // namespace xtape::kernels
