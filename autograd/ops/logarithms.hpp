// Logarithms and powers of 2 and 10, and the functions of probability that are made of them; log, log1p and
// exp stand in elementwise.hpp. Integers are computed in float32, except where noted.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor log2(const Tensor& x);
Tensor log10(const Tensor& x);
Tensor exp2(const Tensor& x);  ///< 2^x

/// log(e^a + e^b), without overflow; floating point only.
Tensor logaddexp(const Tensor& a, const Tensor& b);
/// a log b, 0 where a is 0 (unless b is NaN).
Tensor xlogy(const Tensor& a, const Tensor& b);
Tensor xlogy(const Tensor& a, Scalar b);
Tensor xlogy(Scalar a, const Tensor& b);

}  // namespace xtape
