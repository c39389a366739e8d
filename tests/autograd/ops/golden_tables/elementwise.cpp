// What is done to each element: arithmetic, elementwise functions, rounding, bits and activations.
#include "tests/autograd/ops/golden_tables/tables.hpp"

namespace xtape::golden {

namespace {

/// f(a, b) of tensors, or with the number `number` on the right or `input` on the left.
template <class F>
Function binary(F f, const std::string& number = "other") {
  return [f, number](const Tensors& x, const Args& args) -> Tensors {
    if (args.has(number)) return {f(x[0], args.number(number))};
    if (args.has("input")) return {f(args.number("input"), x[0])};
    return {f(x[0], x[1])};
  };
}

/// f(a, b) of tensors, or with the number `number` on the right.
Function with_right(Tensor (*of_tensors)(const Tensor&, const Tensor&),
                    Tensor (*of_number)(const Tensor&, Scalar), const std::string& number) {
  return [=](const Tensors& x, const Args& args) -> Tensors {
    return {args.has(number) ? of_number(x[0], args.number(number)) : of_tensors(x[0], x[1])};
  };
}

std::optional<Scalar> optional_number(const Args& args, const std::string& name) {
  return args.has(name) ? std::optional(args.number(name)) : std::nullopt;
}

}  // namespace

Table arithmetic() {
  return {
      {"add", binary([](const auto& a, const auto& b) { return a + b; })},
      {"sub", binary([](const auto& a, const auto& b) { return a - b; })},
      {"mul", binary([](const auto& a, const auto& b) { return a * b; })},
      {"div", binary([](const auto& a, const auto& b) { return a / b; })},
      {"pow", binary([](const auto& a, const auto& b) { return pow(a, b); }, "exponent")},
      {"eq", binary([](const auto& a, const auto& b) { return a == b; })},
      {"ne", binary([](const auto& a, const auto& b) { return a != b; })},
      {"lt", binary([](const auto& a, const auto& b) { return a < b; })},
      {"le", binary([](const auto& a, const auto& b) { return a <= b; })},
      {"gt", binary([](const auto& a, const auto& b) { return a > b; })},
      {"ge", binary([](const auto& a, const auto& b) { return a >= b; })},
      {"maximum", pair(maximum)},
      {"minimum", pair(minimum)},
      {"neg", unary(neg)},
      {"abs", unary(abs)},
      {"sign", unary(sign)},
      {"isnan", unary(isnan)},
      {"any", reduction(any, any)},
      {"all", reduction(all, all)},
      {"where", of([](const Tensors& x, const Args&) { return where(x[0], x[1], x[2]); })},
      {"masked_fill",
       of([](const Tensors& x, const Args& args) { return masked_fill(x[0], x[1], args.number("value")); })},
      {"clamp", of([](const Tensors& x, const Args& args) {
         return clamp(x[0], {.min = optional_number(args, "min"), .max = optional_number(args, "max")});
       })},
      {"allclose", of([](const Tensors& x, const Args& args) {
         return tensor(
             allclose(x[0], x[1], args.real("rtol", 1e-5), args.real("atol", 1e-8), args.flag("equal_nan")));
       })},
      {"to",
       of([](const Tensors& x, const Args& args) { return x[0].to(read_dtype(args.text("dtype", ""))); })},
  };
}

Table elementwise() {
  return {
      {"exp", unary(exp)},
      {"log", unary(log)},
      {"log1p", unary(log1p)},
      {"expm1", unary(expm1)},
      {"sqrt", unary(sqrt)},
      {"rsqrt", unary(rsqrt)},
      {"square", unary(square)},
      {"reciprocal", unary(reciprocal)},
      {"sin", unary(sin)},
      {"cos", unary(cos)},
      {"tanh", unary(tanh)},
      {"sigmoid", unary(sigmoid)},
      {"relu", unary(relu)},
      {"silu", unary(silu)},
      {"erf", unary(erf)},
      {"leaky_relu", of([](const Tensors& x, const Args& args) {
         return args.has("negative_slope") ? leaky_relu(x[0], args.real("negative_slope")) : leaky_relu(x[0]);
       })},
      {"elu", of([](const Tensors& x, const Args& args) {
         return args.has("alpha") ? elu(x[0], args.real("alpha")) : elu(x[0]);
       })},
      {"gelu", of([](const Tensors& x, const Args& args) {
         return args.has("approximate") ? gelu(x[0], args.text("approximate", "")) : gelu(x[0]);
       })},
      {"softplus", of([](const Tensors& x, const Args& args) {
         return args.has("beta") ? softplus(x[0], args.real("beta"), args.real("threshold")) : softplus(x[0]);
       })},
  };
}

Table trigonometry_and_logarithms() {
  return {
      {"tan", unary(tan)},
      {"asin", unary(asin)},
      {"acos", unary(acos)},
      {"atan", unary(atan)},
      {"sinh", unary(sinh)},
      {"cosh", unary(cosh)},
      {"asinh", unary(asinh)},
      {"acosh", unary(acosh)},
      {"atanh", unary(atanh)},
      {"sinc", unary(sinc)},
      {"atan2", pair(atan2)},
      {"hypot", pair(hypot)},
      {"log2", unary(log2)},
      {"log10", unary(log10)},
      {"exp2", unary(exp2)},
      {"erfc", unary(erfc)},
      {"erfinv", unary(erfinv)},
      {"logaddexp", pair(logaddexp)},
      {"xlogy", binary([](const auto& a, const auto& b) { return xlogy(a, b); })},
  };
}

Table rounding_and_bounds() {
  return {
      {"floor", unary(floor)},
      {"ceil", unary(ceil)},
      {"trunc", unary(trunc)},
      {"frac", unary(frac)},
      {"round", of([](const Tensors& x, const Args& args) {
         return args.has("decimals") ? round(x[0], args.integer("decimals")) : round(x[0]);
       })},
      {"floor_divide", with_right(floor_divide, floor_divide, "other")},
      {"trunc_divide", of([](const Tensors& x, const Args& args) {
         const DivOptions trunc{.rounding_mode = "trunc"};
         return args.has("other") ? div(x[0], args.number("other"), trunc) : div(x[0], x[1], trunc);
       })},
      {"fmod", with_right(fmod, fmod, "other")},
      {"remainder", binary([](const auto& a, const auto& b) { return a % b; })},
      {"clamp_min", with_right(clamp_min, clamp_min, "min")},
      {"clamp_max", with_right(clamp_max, clamp_max, "max")},
      {"nan_to_num", of([](const Tensors& x, const Args& args) {
         const auto end = [&](const std::string& name) {
           return args.has(name) ? std::optional(args.real(name)) : std::nullopt;
         };
         return nan_to_num(x[0], args.real("nan", 0), end("posinf"), end("neginf"));
       })},
      {"addcmul", of([](const Tensors& x, const Args& args) {
         return args.has("value") ? addcmul(x[0], x[1], x[2], args.number("value"))
                                  : addcmul(x[0], x[1], x[2]);
       })},
      {"addcdiv", of([](const Tensors& x, const Args& args) {
         return args.has("value") ? addcdiv(x[0], x[1], x[2], args.number("value"))
                                  : addcdiv(x[0], x[1], x[2]);
       })},
      {"lerp", of([](const Tensors& x, const Args& args) {
         return args.has("weight") ? lerp(x[0], x[1], args.number("weight")) : lerp(x[0], x[1], x[2]);
       })},
  };
}

Table bits() {
  return {
      {"bitwise_and", binary([](const auto& a, const auto& b) { return a & b; })},
      {"bitwise_or", binary([](const auto& a, const auto& b) { return a | b; })},
      {"bitwise_xor", binary([](const auto& a, const auto& b) { return a ^ b; })},
      {"bitwise_not", of([](const Tensors& x, const Args&) { return ~x[0]; })},
      {"logical_xor", pair(logical_xor)},
      {"isclose", of([](const Tensors& x, const Args& args) {
         return isclose(x[0], x[1], args.real("rtol", 1e-5), args.real("atol", 1e-8), args.flag("equal_nan"));
       })},
  };
}

Table activations() {
  return {
      {"relu6", unary(relu6)},
      {"hardsigmoid", unary(hardsigmoid)},
      {"hardswish", unary(hardswish)},
      {"mish", unary(mish)},
      {"selu", unary(selu)},
      {"logsigmoid", unary(logsigmoid)},
      {"softsign", unary(softsign)},
      {"hardtanh", of([](const Tensors& x, const Args& args) {
         return args.has("min_val") ? hardtanh(x[0], args.real("min_val"), args.real("max_val"))
                                    : hardtanh(x[0]);
       })},
      {"celu", of([](const Tensors& x, const Args& args) {
         return args.has("alpha") ? celu(x[0], args.real("alpha")) : celu(x[0]);
       })},
      {"prelu", pair(prelu)},
      {"glu", of([](const Tensors& x, const Args& args) {
         return args.has("dim") ? glu(x[0], args.integer("dim")) : glu(x[0]);
       })},
  };
}

}  // namespace xtape::golden
