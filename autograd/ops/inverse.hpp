// Inverses and determinants of square matrices {..., n, n}: the functions of linalg.hpp that also stand
// outside of it.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor inverse(const Tensor& x);                         ///< linalg::inv
Tensor pinverse(const Tensor& x, double rcond = 1e-15);  ///< linalg::pinv
Tensor det(const Tensor& x);
Tensor logdet(const Tensor& x);  ///< log(det(x)), NaN for negative determinants
SignLogabsdet slogdet(const Tensor& x);
Tensor cholesky(const Tensor& x, bool upper = false);

}  // namespace xtape
