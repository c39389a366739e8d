// Bits of integers, and logic of bools: & | ^ ~. The two of one op promote as in arithmetic; floats are an
// Error.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor bitwise_and(const Tensor& a, const Tensor& b);
Tensor bitwise_or(const Tensor& a, const Tensor& b);
Tensor bitwise_xor(const Tensor& a, const Tensor& b);
Tensor bitwise_and(const Tensor& a, Scalar b);
Tensor bitwise_or(const Tensor& a, Scalar b);
Tensor bitwise_xor(const Tensor& a, Scalar b);
Tensor bitwise_and(Scalar a, const Tensor& b);
Tensor bitwise_or(Scalar a, const Tensor& b);
Tensor bitwise_xor(Scalar a, const Tensor& b);
Tensor bitwise_not(const Tensor& x);  ///< of bools logical_not

Tensor operator&(const Tensor& a, const Tensor& b);
Tensor operator|(const Tensor& a, const Tensor& b);
Tensor operator^(const Tensor& a, const Tensor& b);
Tensor operator&(const Tensor& a, Scalar b);
Tensor operator|(const Tensor& a, Scalar b);
Tensor operator^(const Tensor& a, Scalar b);
Tensor operator&(Scalar a, const Tensor& b);
Tensor operator|(Scalar a, const Tensor& b);
Tensor operator^(Scalar a, const Tensor& b);
Tensor operator~(const Tensor& x);

}  // namespace xtape
