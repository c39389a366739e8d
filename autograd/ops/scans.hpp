// Running products, extremes and logsumexp along one dim; cumsum is in reduce.hpp.
#pragma once

#include "autograd/ops/reduce.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Running product; integers give int64. The gradient is right where there are zeros.
Tensor cumprod(const Tensor& x, Dim dim);
Tensor cumprod(const Tensor& x, Dim dim, const ScanOptions& options);
/// The greatest (smallest) until here and where it stands; of equal ones the last. NaN stays.
ValuesIndices cummax(const Tensor& x, Dim dim);
ValuesIndices cummin(const Tensor& x, Dim dim);
Tensor logcumsumexp(const Tensor& x, Dim dim);  ///< log of the running sum of e^x, stable

}  // namespace xtape
