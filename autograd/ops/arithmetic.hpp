// Arithmetic with broadcasting: + - * / and friends. Numbers stand on either side.
// Mixed dtypes promote as in PyTorch; `/` of integers gives float32.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor add(const Tensor& a, const Tensor& b);  ///< a + b
Tensor sub(const Tensor& a, const Tensor& b);  ///< a - b
Tensor mul(const Tensor& a, const Tensor& b);  ///< a * b
Tensor div(const Tensor& a, const Tensor& b);  ///< a / b, true division
Tensor neg(const Tensor& x);                   ///< -x
Tensor pow(const Tensor& a,
           const Tensor& b);  ///< a^b; integers to a negative power are cut to integers: 1, -1 or 0
Tensor maximum(const Tensor& a,
               const Tensor& b);  ///< elementwise; NaN wins; a tie shares the gradient in halves
Tensor minimum(const Tensor& a, const Tensor& b);

Tensor add(const Tensor& a, Scalar b);
Tensor sub(const Tensor& a, Scalar b);
Tensor mul(const Tensor& a, Scalar b);
Tensor div(const Tensor& a, Scalar b);
Tensor pow(const Tensor& a, Scalar b);  ///< integers to a negative number are an Error
Tensor pow(Scalar a, const Tensor& b);
Tensor maximum(const Tensor& a, Scalar b);
Tensor minimum(const Tensor& a, Scalar b);

Tensor add(const Tensor& a, const Tensor& b, Scalar alpha);  ///< a + alpha b
Tensor sub(const Tensor& a, const Tensor& b, Scalar alpha);  ///< a - alpha b
struct AlphaOptions {
  Scalar alpha = 1;
};
Tensor add(const Tensor& a, const Tensor& b, const AlphaOptions& options);
Tensor sub(const Tensor& a, const Tensor& b, const AlphaOptions& options);
/// a + weight (b - a), exactly b where the weight is 1; all of one floating dtype.
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& weight);
Tensor lerp(const Tensor& a, const Tensor& b, Scalar weight);

struct AddcOptions {
  Scalar value = 1;
};
/// x + value a b.
Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value = 1);
Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options);
/// x + value a / b; integers are an Error.
Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value = 1);
Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options);

/// The operators write over an operand that is a temporary (or was moved from) where nothing else can see its
/// values: a * b + c needs one buffer.
Tensor operator+(op::Operand a, op::Operand b);
Tensor operator-(op::Operand a, op::Operand b);
Tensor operator*(op::Operand a, op::Operand b);
Tensor operator/(op::Operand a, op::Operand b);
Tensor operator+(op::Operand a, Scalar b);
Tensor operator-(op::Operand a, Scalar b);
Tensor operator*(op::Operand a, Scalar b);
Tensor operator/(op::Operand a, Scalar b);
Tensor operator+(Scalar a, op::Operand b);
Tensor operator-(Scalar a, op::Operand b);
Tensor operator*(Scalar a, op::Operand b);
Tensor operator/(Scalar a, op::Operand b);
Tensor operator-(op::Operand x);

}  // namespace xtape
