// The twins in place of elementwise ops: x becomes what the op of that name gives of it, and is returned. A
// result of a higher category (floats of integers) or of another shape is an Error; for a leaf that requires
// grad, see tensor.hpp.
#pragma once

#include <optional>

#include "autograd/ops/clamp.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

struct AddcOptions;   // of arithmetic.hpp
struct RoundOptions;  // of rounding.hpp

// functions of each element
const Tensor& exp_(const Tensor& x);
const Tensor& log_(const Tensor& x);
const Tensor& log1p_(const Tensor& x);
const Tensor& expm1_(const Tensor& x);
const Tensor& sqrt_(const Tensor& x);
const Tensor& rsqrt_(const Tensor& x);
const Tensor& square_(const Tensor& x);
const Tensor& reciprocal_(const Tensor& x);
const Tensor& sin_(const Tensor& x);
const Tensor& cos_(const Tensor& x);
const Tensor& tanh_(const Tensor& x);
const Tensor& sigmoid_(const Tensor& x);
const Tensor& erf_(const Tensor& x);
const Tensor& abs_(const Tensor& x);
const Tensor& sign_(const Tensor& x);
const Tensor& neg_(const Tensor& x);
const Tensor& tan_(const Tensor& x);
const Tensor& asin_(const Tensor& x);
const Tensor& acos_(const Tensor& x);
const Tensor& atan_(const Tensor& x);
const Tensor& sinh_(const Tensor& x);
const Tensor& cosh_(const Tensor& x);
const Tensor& asinh_(const Tensor& x);
const Tensor& acosh_(const Tensor& x);
const Tensor& atanh_(const Tensor& x);
const Tensor& sinc_(const Tensor& x);
const Tensor& log2_(const Tensor& x);
const Tensor& log10_(const Tensor& x);
const Tensor& exp2_(const Tensor& x);
const Tensor& erfc_(const Tensor& x);
const Tensor& erfinv_(const Tensor& x);
const Tensor& floor_(const Tensor& x);
const Tensor& ceil_(const Tensor& x);
const Tensor& trunc_(const Tensor& x);
const Tensor& round_(const Tensor& x);
const Tensor& frac_(const Tensor& x);
const Tensor& relu_(const Tensor& x);
const Tensor& relu6_(const Tensor& x);
const Tensor& silu_(const Tensor& x);
const Tensor& mish_(const Tensor& x);
const Tensor& selu_(const Tensor& x);
const Tensor& hardsigmoid_(const Tensor& x);
const Tensor& hardswish_(const Tensor& x);
const Tensor& logical_not_(const Tensor& x);
const Tensor& bitwise_not_(const Tensor& x);
const Tensor& round_(const Tensor& x, std::int64_t decimals);
const Tensor& round_(const Tensor& x, const RoundOptions& options);
const Tensor& leaky_relu_(const Tensor& x, double negative_slope = 0.01);
const Tensor& elu_(const Tensor& x, double alpha = 1.0);
const Tensor& celu_(const Tensor& x, double alpha = 1.0);
const Tensor& hardtanh_(const Tensor& x, double min_val = -1.0, double max_val = 1.0);
const Tensor& nan_to_num_(const Tensor& x, double nan = 0, std::optional<double> posinf = {},
                          std::optional<double> neginf = {});
const Tensor& nan_to_num_(const Tensor& x, const NanToNumOptions& options);

// functions of each element and another tensor's, which broadcasts to x, or a number
const Tensor& pow_(const Tensor& x, const Tensor& other);
const Tensor& fmod_(const Tensor& x, const Tensor& other);
const Tensor& remainder_(const Tensor& x, const Tensor& other);
const Tensor& floor_divide_(const Tensor& x, const Tensor& other);
const Tensor& clamp_min_(const Tensor& x, const Tensor& other);
const Tensor& clamp_max_(const Tensor& x, const Tensor& other);
const Tensor& xlogy_(const Tensor& x, const Tensor& other);
const Tensor& atan2_(const Tensor& x, const Tensor& other);
const Tensor& hypot_(const Tensor& x, const Tensor& other);
const Tensor& eq_(const Tensor& x, const Tensor& other);
const Tensor& ne_(const Tensor& x, const Tensor& other);
const Tensor& lt_(const Tensor& x, const Tensor& other);
const Tensor& le_(const Tensor& x, const Tensor& other);
const Tensor& gt_(const Tensor& x, const Tensor& other);
const Tensor& ge_(const Tensor& x, const Tensor& other);
const Tensor& bitwise_and_(const Tensor& x, const Tensor& other);
const Tensor& bitwise_or_(const Tensor& x, const Tensor& other);
const Tensor& bitwise_xor_(const Tensor& x, const Tensor& other);
const Tensor& logical_and_(const Tensor& x, const Tensor& other);
const Tensor& logical_or_(const Tensor& x, const Tensor& other);
const Tensor& logical_xor_(const Tensor& x, const Tensor& other);
const Tensor& pow_(const Tensor& x, Scalar other);
const Tensor& fmod_(const Tensor& x, Scalar other);
const Tensor& remainder_(const Tensor& x, Scalar other);
const Tensor& floor_divide_(const Tensor& x, Scalar other);
const Tensor& clamp_min_(const Tensor& x, Scalar other);
const Tensor& clamp_max_(const Tensor& x, Scalar other);
const Tensor& xlogy_(const Tensor& x, Scalar other);
const Tensor& eq_(const Tensor& x, Scalar other);
const Tensor& ne_(const Tensor& x, Scalar other);
const Tensor& lt_(const Tensor& x, Scalar other);
const Tensor& le_(const Tensor& x, Scalar other);
const Tensor& gt_(const Tensor& x, Scalar other);
const Tensor& ge_(const Tensor& x, Scalar other);
const Tensor& bitwise_and_(const Tensor& x, Scalar other);
const Tensor& bitwise_or_(const Tensor& x, Scalar other);
const Tensor& bitwise_xor_(const Tensor& x, Scalar other);
const Tensor& lerp_(const Tensor& x, const Tensor& end, const Tensor& weight);
const Tensor& lerp_(const Tensor& x, const Tensor& end, Scalar weight);
const Tensor& addcmul_(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value = 1);
const Tensor& addcmul_(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options);
const Tensor& addcdiv_(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value = 1);
const Tensor& addcdiv_(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options);

const Tensor& operator%=(const Tensor& x, const Tensor& other);
const Tensor& operator%=(const Tensor& x, Scalar other);
const Tensor& operator&=(const Tensor& x, const Tensor& other);
const Tensor& operator&=(const Tensor& x, Scalar other);
const Tensor& operator|=(const Tensor& x, const Tensor& other);
const Tensor& operator|=(const Tensor& x, Scalar other);
const Tensor& operator^=(const Tensor& x, const Tensor& other);
const Tensor& operator^=(const Tensor& x, Scalar other);

}  // namespace xtape
