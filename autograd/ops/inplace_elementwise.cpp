// Elementwise ops in place: each writes what the op itself gives.
#include "autograd/ops/inplace_elementwise.hpp"

#include "autograd/ops/detail/in_place.hpp"

namespace xtape {

using namespace detail;

namespace {

const Tensor& by_element(const Tensor& x, const char* op, Tensor (*function)(const Tensor&)) {
  return elementwise_in_place(x, op, {}, function);
}

const Tensor& with_other(const Tensor& x, const Tensor& other, const char* op,
                         Tensor (*function)(const Tensor&, const Tensor&)) {
  return in_place(x, op, {}, [&](const Tensor& before) { return function(before, other); }, {other});
}

const Tensor& with_number(const Tensor& x, Scalar other, const char* op,
                          Tensor (*function)(const Tensor&, Scalar)) {
  return elementwise_in_place(x, op, {{"other", other}},
                              [&](const Tensor& before) { return function(before, other); });
}

}  // namespace

const Tensor& exp_(const Tensor& x) { return by_element(x, "exp_", exp); }
const Tensor& log_(const Tensor& x) { return by_element(x, "log_", log); }
const Tensor& log1p_(const Tensor& x) { return by_element(x, "log1p_", log1p); }
const Tensor& expm1_(const Tensor& x) { return by_element(x, "expm1_", expm1); }
const Tensor& sqrt_(const Tensor& x) { return by_element(x, "sqrt_", sqrt); }
const Tensor& rsqrt_(const Tensor& x) { return by_element(x, "rsqrt_", rsqrt); }
const Tensor& square_(const Tensor& x) { return by_element(x, "square_", square); }
const Tensor& reciprocal_(const Tensor& x) { return by_element(x, "reciprocal_", reciprocal); }
const Tensor& sin_(const Tensor& x) { return by_element(x, "sin_", sin); }
const Tensor& cos_(const Tensor& x) { return by_element(x, "cos_", cos); }
const Tensor& tanh_(const Tensor& x) { return by_element(x, "tanh_", tanh); }
const Tensor& sigmoid_(const Tensor& x) { return by_element(x, "sigmoid_", sigmoid); }
const Tensor& erf_(const Tensor& x) { return by_element(x, "erf_", erf); }
const Tensor& abs_(const Tensor& x) { return by_element(x, "abs_", abs); }
const Tensor& sign_(const Tensor& x) { return by_element(x, "sign_", sign); }
const Tensor& neg_(const Tensor& x) { return by_element(x, "neg_", neg); }
const Tensor& tan_(const Tensor& x) { return by_element(x, "tan_", tan); }
const Tensor& asin_(const Tensor& x) { return by_element(x, "asin_", asin); }
const Tensor& acos_(const Tensor& x) { return by_element(x, "acos_", acos); }
const Tensor& atan_(const Tensor& x) { return by_element(x, "atan_", atan); }
const Tensor& sinh_(const Tensor& x) { return by_element(x, "sinh_", sinh); }
const Tensor& cosh_(const Tensor& x) { return by_element(x, "cosh_", cosh); }
const Tensor& asinh_(const Tensor& x) { return by_element(x, "asinh_", asinh); }
const Tensor& acosh_(const Tensor& x) { return by_element(x, "acosh_", acosh); }
const Tensor& atanh_(const Tensor& x) { return by_element(x, "atanh_", atanh); }
const Tensor& sinc_(const Tensor& x) { return by_element(x, "sinc_", sinc); }
const Tensor& log2_(const Tensor& x) { return by_element(x, "log2_", log2); }
const Tensor& log10_(const Tensor& x) { return by_element(x, "log10_", log10); }
const Tensor& exp2_(const Tensor& x) { return by_element(x, "exp2_", exp2); }
const Tensor& erfc_(const Tensor& x) { return by_element(x, "erfc_", erfc); }
const Tensor& erfinv_(const Tensor& x) { return by_element(x, "erfinv_", erfinv); }
const Tensor& floor_(const Tensor& x) { return by_element(x, "floor_", floor); }
const Tensor& ceil_(const Tensor& x) { return by_element(x, "ceil_", ceil); }
const Tensor& trunc_(const Tensor& x) { return by_element(x, "trunc_", trunc); }
const Tensor& round_(const Tensor& x) { return by_element(x, "round_", round); }
const Tensor& frac_(const Tensor& x) { return by_element(x, "frac_", frac); }
const Tensor& relu_(const Tensor& x) { return by_element(x, "relu_", relu); }
const Tensor& relu6_(const Tensor& x) { return by_element(x, "relu6_", relu6); }
const Tensor& silu_(const Tensor& x) { return by_element(x, "silu_", silu); }
const Tensor& mish_(const Tensor& x) { return by_element(x, "mish_", mish); }
const Tensor& selu_(const Tensor& x) { return by_element(x, "selu_", selu); }
const Tensor& hardsigmoid_(const Tensor& x) { return by_element(x, "hardsigmoid_", hardsigmoid); }
const Tensor& hardswish_(const Tensor& x) { return by_element(x, "hardswish_", hardswish); }
const Tensor& logical_not_(const Tensor& x) { return by_element(x, "logical_not_", logical_not); }
const Tensor& bitwise_not_(const Tensor& x) { return by_element(x, "bitwise_not_", bitwise_not); }
const Tensor& round_(const Tensor& x, std::int64_t decimals) {
  return elementwise_in_place(x, "round_", {{"decimals", decimals}},
                              [&](const Tensor& before) { return round(before, decimals); });
}
const Tensor& round_(const Tensor& x, const RoundOptions& options) { return round_(x, options.decimals); }
const Tensor& leaky_relu_(const Tensor& x, double negative_slope) {
  return elementwise_in_place(x, "leaky_relu_", {{"negative_slope", negative_slope}},
                              [&](const Tensor& before) { return leaky_relu(before, negative_slope); });
}
const Tensor& elu_(const Tensor& x, double alpha) {
  return elementwise_in_place(x, "elu_", {{"alpha", alpha}},
                              [&](const Tensor& before) { return elu(before, alpha); });
}
const Tensor& celu_(const Tensor& x, double alpha) {
  return elementwise_in_place(x, "celu_", {{"alpha", alpha}},
                              [&](const Tensor& before) { return celu(before, alpha); });
}
const Tensor& hardtanh_(const Tensor& x, double min_val, double max_val) {
  return elementwise_in_place(x, "hardtanh_", {{"min_val", min_val}, {"max_val", max_val}},
                              [&](const Tensor& before) { return hardtanh(before, min_val, max_val); });
}
const Tensor& nan_to_num_(const Tensor& x, double nan, std::optional<double> posinf,
                          std::optional<double> neginf) {
  return nan_to_num_(x, {nan, posinf, neginf});
}
const Tensor& nan_to_num_(const Tensor& x, const NanToNumOptions& options) {
  return elementwise_in_place(x, "nan_to_num_", {},
                              [&](const Tensor& before) { return nan_to_num(before, options); });
}
const Tensor& pow_(const Tensor& x, const Tensor& other) { return with_other(x, other, "pow_", pow); }
const Tensor& fmod_(const Tensor& x, const Tensor& other) { return with_other(x, other, "fmod_", fmod); }
const Tensor& remainder_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "remainder_", remainder);
}
const Tensor& floor_divide_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "floor_divide_", floor_divide);
}
const Tensor& clamp_min_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "clamp_min_", clamp_min);
}
const Tensor& clamp_max_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "clamp_max_", clamp_max);
}
const Tensor& xlogy_(const Tensor& x, const Tensor& other) { return with_other(x, other, "xlogy_", xlogy); }
const Tensor& atan2_(const Tensor& x, const Tensor& other) { return with_other(x, other, "atan2_", atan2); }
const Tensor& hypot_(const Tensor& x, const Tensor& other) { return with_other(x, other, "hypot_", hypot); }
const Tensor& eq_(const Tensor& x, const Tensor& other) { return with_other(x, other, "eq_", eq); }
const Tensor& ne_(const Tensor& x, const Tensor& other) { return with_other(x, other, "ne_", ne); }
const Tensor& lt_(const Tensor& x, const Tensor& other) { return with_other(x, other, "lt_", lt); }
const Tensor& le_(const Tensor& x, const Tensor& other) { return with_other(x, other, "le_", le); }
const Tensor& gt_(const Tensor& x, const Tensor& other) { return with_other(x, other, "gt_", gt); }
const Tensor& ge_(const Tensor& x, const Tensor& other) { return with_other(x, other, "ge_", ge); }
const Tensor& bitwise_and_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "bitwise_and_", bitwise_and);
}
const Tensor& bitwise_or_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "bitwise_or_", bitwise_or);
}
const Tensor& bitwise_xor_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "bitwise_xor_", bitwise_xor);
}
const Tensor& logical_and_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "logical_and_", logical_and);
}
const Tensor& logical_or_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "logical_or_", logical_or);
}
const Tensor& logical_xor_(const Tensor& x, const Tensor& other) {
  return with_other(x, other, "logical_xor_", logical_xor);
}
const Tensor& pow_(const Tensor& x, Scalar other) { return with_number(x, other, "pow_", pow); }
const Tensor& fmod_(const Tensor& x, Scalar other) { return with_number(x, other, "fmod_", fmod); }
const Tensor& remainder_(const Tensor& x, Scalar other) {
  return with_number(x, other, "remainder_", remainder);
}
const Tensor& floor_divide_(const Tensor& x, Scalar other) {
  return with_number(x, other, "floor_divide_", floor_divide);
}
const Tensor& clamp_min_(const Tensor& x, Scalar other) {
  return with_number(x, other, "clamp_min_", clamp_min);
}
const Tensor& clamp_max_(const Tensor& x, Scalar other) {
  return with_number(x, other, "clamp_max_", clamp_max);
}
const Tensor& xlogy_(const Tensor& x, Scalar other) { return with_number(x, other, "xlogy_", xlogy); }
const Tensor& eq_(const Tensor& x, Scalar other) { return with_number(x, other, "eq_", eq); }
const Tensor& ne_(const Tensor& x, Scalar other) { return with_number(x, other, "ne_", ne); }
const Tensor& lt_(const Tensor& x, Scalar other) { return with_number(x, other, "lt_", lt); }
const Tensor& le_(const Tensor& x, Scalar other) { return with_number(x, other, "le_", le); }
const Tensor& gt_(const Tensor& x, Scalar other) { return with_number(x, other, "gt_", gt); }
const Tensor& ge_(const Tensor& x, Scalar other) { return with_number(x, other, "ge_", ge); }
const Tensor& bitwise_and_(const Tensor& x, Scalar other) {
  return with_number(x, other, "bitwise_and_", bitwise_and);
}
const Tensor& bitwise_or_(const Tensor& x, Scalar other) {
  return with_number(x, other, "bitwise_or_", bitwise_or);
}
const Tensor& bitwise_xor_(const Tensor& x, Scalar other) {
  return with_number(x, other, "bitwise_xor_", bitwise_xor);
}
const Tensor& lerp_(const Tensor& x, const Tensor& end, const Tensor& weight) {
  return in_place(x, "lerp_", {}, [&](const Tensor& before) { return lerp(before, end, weight); },
                  {end, weight});
}
const Tensor& lerp_(const Tensor& x, const Tensor& end, Scalar weight) {
  return in_place(x, "lerp_", {{"weight", weight}},
                  [&](const Tensor& before) { return lerp(before, end, weight); }, {end});
}
const Tensor& addcmul_(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value) {
  return in_place(x, "addcmul_", {{"value", value}},
                  [&](const Tensor& before) { return addcmul(before, a, b, value); }, {a, b});
}
const Tensor& addcmul_(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options) {
  return addcmul_(x, a, b, options.value);
}
const Tensor& addcdiv_(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value) {
  return in_place(x, "addcdiv_", {{"value", value}},
                  [&](const Tensor& before) { return addcdiv(before, a, b, value); }, {a, b});
}
const Tensor& addcdiv_(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options) {
  return addcdiv_(x, a, b, options.value);
}

const Tensor& operator%=(const Tensor& x, const Tensor& other) { return remainder_(x, other); }
const Tensor& operator%=(const Tensor& x, Scalar other) { return remainder_(x, other); }
const Tensor& operator&=(const Tensor& x, const Tensor& other) { return bitwise_and_(x, other); }
const Tensor& operator&=(const Tensor& x, Scalar other) { return bitwise_and_(x, other); }
const Tensor& operator|=(const Tensor& x, const Tensor& other) { return bitwise_or_(x, other); }
const Tensor& operator|=(const Tensor& x, Scalar other) { return bitwise_or_(x, other); }
const Tensor& operator^=(const Tensor& x, const Tensor& other) { return bitwise_xor_(x, other); }
const Tensor& operator^=(const Tensor& x, Scalar other) { return bitwise_xor_(x, other); }

}  // namespace xtape
