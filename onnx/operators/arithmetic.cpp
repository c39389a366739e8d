// Elementwise functions and arithmetic.
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// Of integers the quotient cut to an integer, exact below 2^53.
Tensor quotient(const Tensor& a, const Tensor& b) {
  if (a.is_floating_point()) return a / b;
  return (a - fmod(a, b)).to(kFloat64).div(b.to(kFloat64)).to(a.dtype());
}

Results modulo(const Call& call) {
  const bool like_c = call.integer("fmod", 0) != 0;
  check(like_c || !call[0].is_floating_point(), "floats need fmod = 1");
  return like_c ? fmod(call[0], call[1]) : remainder(call[0], call[1]);
}

Results power(const Call& call) {
  const auto [base, exponent] = operands(call);
  return pow(base, exponent).to(base.dtype());
}

Results clip(const Call& call) {
  Tensor y = call[0];
  if (call.opset() < 11) {
    if (call.attributes().has("min")) y = clamp_min(y, call.number("min"));
    if (call.attributes().has("max")) y = clamp_max(y, call.number("max"));
    return y;
  }
  if (call.has(1)) y = clamp_min(y, call[1]);
  if (call.has(2)) y = clamp_max(y, call[2]);
  return y;
}

Results mean_of_inputs(const Call& call) { return variadic(add)(call)[0] / static_cast<double>(call.size()); }

}  // namespace

Operators arithmetic_operators() {
  return {{"Abs", 1, unary(abs)},
          {"Acos", 7, unary(acos)},
          {"Acosh", 9, unary(acosh)},
          {"Add", 1, binary(add)},
          {"Asin", 7, unary(asin)},
          {"Asinh", 9, unary(asinh)},
          {"Atan", 7, unary(atan)},
          {"Atanh", 9, unary(atanh)},
          {"Ceil", 1, unary(ceil)},
          {"Clip", 1, clip, "", {1, 2}},
          {"Cos", 7, unary(cos)},
          {"Cosh", 9, unary(cosh)},
          {"Div", 1, binary(quotient)},
          {"Erf", 9, unary(erf)},
          {"Exp", 1, unary(exp)},
          {"Floor", 1, unary(floor)},
          {"Log", 1, unary(log)},
          {"Max", 1, variadic(maximum)},
          {"Mean", 1, mean_of_inputs},
          {"Min", 1, variadic(minimum)},
          {"Mod", 10, modulo},
          {"Mul", 1, binary(mul)},
          {"Neg", 1, unary(neg)},
          {"Pow", 1, power},
          {"Reciprocal", 1, unary(reciprocal)},
          {"Round", 11, unary(round)},
          {"Sign", 9, unary(sign)},
          {"Sin", 7, unary(sin)},
          {"Sinh", 9, unary(sinh)},
          {"Sqrt", 1, unary(sqrt)},
          {"Sub", 1, binary(sub)},
          {"Sum", 1, variadic(add)},
          {"Tan", 7, unary(tan)}};
}

}  // namespace xtape::onnx::detail
