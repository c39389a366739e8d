// Arithmetic, comparisons and functions of single elements.
#include <cmath>
#include <limits>
#include <numbers>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

/// The second operand, a tensor or a number, in the dtype of the first: a write in place may be given
/// another.
std::string other(Call& c) {
  return c.has(1) ? c.cast(c.in(1), c.dtype(1), c.dtype()) : c.scalar(c.number("other"));
}

/// One node of x and the second operand.
Names with_other(Call& c, std::string_view type) { return {c.node(type, {c.in(), other(c)})}; }
/// Of bool, sums and products are those of sets.
Names add(Call& c) { return with_other(c, c.dtype() == kBool ? "Or" : "Add"); }
Names sub(Call& c) { return with_other(c, "Sub"); }
Names mul(Call& c) { return with_other(c, c.dtype() == kBool ? "And" : "Mul"); }
Names div(Call& c) { return with_other(c, "Div"); }
/// Max or Min: runtimes have them of numbers of 32 bits and more.
Names extreme(Call& c, std::string_view type) {
  const bool is_small = size_of(c.dtype()) < 4;
  const auto wide = [&](const std::string& x) { return is_small ? c.cast(x, c.dtype(), kInt32) : x; };
  const std::string y = c.node(type, {wide(c.in()), wide(other(c))});
  return {is_small ? c.cast(y, kInt32, c.dtype()) : y};
}

Names pow(Call& c) { return with_other(c, "Pow"); }

/// A comparison, whose result a write in place converts. ONNX orders no bools.
Names compared(Call& c, std::string_view type) {
  const bool is_bool = c.dtype() == kBool && type != "Equal";
  const auto number = [&](const std::string& x) { return is_bool ? c.cast(x, kBool, kInt32) : x; };
  return {c.cast(c.node(type, {number(c.in()), number(other(c))}), kBool, c.out_dtype())};
}
Names eq(Call& c) { return compared(c, "Equal"); }
Names ne(Call& c) {
  return {c.cast(c.node("Not", {c.node("Equal", {c.in(), other(c)})}), kBool, c.out_dtype())};
}
Names lt(Call& c) { return compared(c, "Less"); }
Names le(Call& c) { return compared(c, "LessOrEqual"); }
Names gt(Call& c) { return compared(c, "Greater"); }
Names ge(Call& c) { return compared(c, "GreaterOrEqual"); }

/// Of bool, as ONNX has it; integers have bits from opset 18 on.
Names bits(Call& c, std::string_view type) {
  c.require(c.dtype() == kBool, "ONNX has it for bool alone before opset 18");
  return {c.node(type, {c.in(), c.in(1)})};
}

/// Of what has a truth value.
Names logical(Call& c, std::string_view type) {
  const auto truth = [&](std::size_t i) { return c.cast(c.in(i), c.dtype(i), kBool); };
  return {c.cast(c.node(type, {truth(0), truth(1)}), kBool, c.out_dtype())};
}

std::string log_of_base(Call& c, double base) {
  return c.node("Mul", {c.node("Log", {c.in()}), c.scalar(1 / std::log(base))});
}

Names clamp(Call& c) {
  if (c.has(1)) return {c.node("Min", {c.node("Max", {c.in(), c.in(1)}), c.in(2)})};
  const auto bound = [&](std::string_view name) { return c.is_given(name) ? c.scalar(c.number(name)) : ""; };
  return {c.node("Clip", {c.in(), bound("min"), bound("max")})};
}

Names remainder(Call& c) {
  const std::string x = c.in(), y = other(c);
  if (!is_floating(c.dtype())) return {c.node("Mod", {x, y})};
  return {c.node("Sub", {x, c.node("Mul", {c.node("Floor", {c.node("Div", {x, y})}), y})})};
}

/// From the rest, as the op has it; what is divided by 0 has none.
Names floor_divide(Call& c) {
  const std::string x = c.in(), y = other(c);
  if (!is_floating(c.dtype())) return {c.node("Div", {c.node("Sub", {x, c.node("Mod", {x, y})}), y})};
  const std::string rest = c.node("Mod", {x, y}, {{"fmod", std::int64_t{1}}}), zero = c.scalar(0);
  const std::string whole = c.node("Div", {c.node("Sub", {x, rest}), y});
  const std::string turns = c.node("Less", {c.node("Mul", {rest, y}), zero});
  const std::string lower = c.node("Where", {turns, c.node("Sub", {whole, c.scalar(1)}), whole});
  return {c.node("Where", {c.node("Equal", {y, zero}), c.node("Div", {x, y}), lower})};
}

Names trunc_divide(Call& c) {
  const std::string quotient = c.node("Div", {c.in(), other(c)});  // which cuts integers
  if (!is_floating(c.dtype())) return {quotient};
  return {c.node("Mul", {c.node("Floor", {c.node("Abs", {quotient})}), c.node("Sign", {quotient})})};
}

/// The angle of (x, y): that of a quotient where x is not 0.
Names atan2(Call& c) {
  const std::string y = c.in(), x = other(c), zero = c.scalar(0);
  const auto where = [&](const std::string& mask, const std::string& a, const std::string& b) {
    return c.node("Where", {mask, a, b});
  };
  const std::string steep = where(c.node("Equal", {y, zero}), zero,
                                  c.node("Mul", {c.node("Sign", {y}), c.scalar(std::numbers::pi / 2)}));
  const std::string angle = c.node("Atan", {c.node("Div", {y, x})});
  const std::string turn =
      where(c.node("Less", {y, zero}), c.scalar(-std::numbers::pi), c.scalar(std::numbers::pi));
  const std::string left = where(c.node("Less", {x, zero}), c.node("Add", {angle, turn}), angle);
  return {where(c.node("Equal", {x, zero}), steep, left)};
}

Names nan_to_num(Call& c) {
  const std::string x = c.in();
  const double largest =
      c.dtype() == kFloat32 ? double{std::numeric_limits<float>::max()} : std::numeric_limits<double>::max();
  const auto number = [&](std::string_view name) {
    if (c.is_given(name)) return c.scalar(c.number(name));
    return c.scalar(name == "posinf" ? largest : -largest);
  };
  const std::string finite =
      c.node("Where", {c.node("IsInf", {x}, {{"detect_negative", std::int64_t{0}}}), number("posinf"), x});
  const std::string bounded = c.node(
      "Where", {c.node("IsInf", {x}, {{"detect_positive", std::int64_t{0}}}), number("neginf"), finite});
  return {c.node("Where", {c.node("IsNaN", {x}), number("nan"), bounded})};
}

Names xlogy(Call& c) {
  const std::string x = c.in(), y = other(c), zero = c.scalar(0);
  const std::string counts =
      c.node("Or", {c.node("Not", {c.node("Equal", {x, zero})}), c.node("IsNaN", {y})});
  return {c.node("Where", {counts, c.node("Mul", {x, c.node("Log", {y})}), zero})};
}

/// max(a, b) + log(1 + e^-|a - b|), and where a = b, be it infinite, a + log 2
Names logaddexp(Call& c) {
  const std::string a = c.in(), b = other(c), distance = c.node("Abs", {c.node("Sub", {a, b})});
  const std::string apart =
      c.node("Add", {c.node("Max", {a, b}), c.node("Softplus", {c.node("Neg", {distance})})});
  return {c.node("Where", {c.node("Equal", {a, b}), c.node("Add", {a, c.scalar(std::numbers::ln2)}), apart})};
}

/// ONNX has no Neg of bytes without a sign.
Names neg(Call& c) {
  return {c.dtype() == kUInt8 ? c.node("Sub", {c.scalar(0), c.in()}) : c.node("Neg", {c.in()})};
}

/// The value of a source, broadcast to the tensor that it is written into.
Names written(Call& c) {
  const std::string value = c.cast(c.in(1), c.dtype(1), c.dtype());
  if (c.sizes(1) == c.sizes(0)) return {value};
  return {c.node("Expand", {value, c.size_list(c.sizes(0))})};
}

Names clone(Call& c) { return {c.in()}; }

constexpr Form kForms[] = {
    {"abs", "Abs"},
    {"acos", "Acos"},
    {"acosh", "Acosh"},
    {"asin", "Asin"},
    {"asinh", "Asinh"},
    {"atan", "Atan"},
    {"atanh", "Atanh"},
    {"ceil", "Ceil"},
    {"cos", "Cos"},
    {"cosh", "Cosh"},
    {"erf", "Erf"},
    {"exp", "Exp"},
    {"floor", "Floor"},
    {"isnan", "IsNaN"},
    {"isinf", "IsInf"},
    {"log", "Log"},
    {"reciprocal", "Reciprocal"},
    {"round", "Round"},
    {"sign", "Sign"},
    {"sin", "Sin"},
    {"sinh", "Sinh"},
    {"sqrt", "Sqrt"},
    {"tan", "Tan"},
    {"maximum", "Max", [](Call& c) { return extreme(c, "Max"); }},
    {"minimum", "Min", [](Call& c) { return extreme(c, "Min"); }},
    {"add", "Add", add},
    {"sub", "Sub", sub},
    {"mul", "Mul", mul},
    {"div", "Div", div},
    {"pow", "Pow", pow},
    {"add_bias", "Add"},
    {"add_scalar", "Add", add},
    {"mul_scalar", "Mul", mul},
    {"div_scalar", "Div", div},
    {"pow_scalar", "Pow",
     [](Call& c) -> Names {
       return {c.node("Pow", {c.in(), c.scalar(c.number("exponent"))})};
     }},
    {"rsub", "Sub",
     [](Call& c) -> Names {
       return {c.node("Sub", {other(c), c.in()})};
     }},
    {"clamp_max", "Min", [](Call& c) { return extreme(c, "Min"); }},
    {"clamp_min", "Max", [](Call& c) { return extreme(c, "Max"); }},
    {"fmod", "Mod",
     [](Call& c) -> Names {
       return {c.node("Mod", {c.in(), other(c)}, {{"fmod", std::int64_t{1}}})};
     }},
    {"remainder", "Mod, or Div, Floor, Mul and Sub", remainder},
    {"floor_divide", "Mod, Sub, Div, Mul, Less, Where, Equal", floor_divide},
    {"trunc_divide", "Div, Abs, Floor, Sign, Mul", trunc_divide},
    {"eq", "Equal", eq},
    {"ne", "Equal, Not", ne},
    {"lt", "Less", lt},
    {"le", "LessOrEqual", le},
    {"gt", "Greater", gt},
    {"ge", "GreaterOrEqual", ge},
    {"logical_and", "And", [](Call& c) { return logical(c, "And"); }},
    {"logical_or", "Or", [](Call& c) { return logical(c, "Or"); }},
    {"bitwise_and", "And, of bool", [](Call& c) { return bits(c, "And"); }},
    {"bitwise_or", "Or, of bool", [](Call& c) { return bits(c, "Or"); }},
    {"bitwise_xor", "Xor, of bool", [](Call& c) { return bits(c, "Xor"); }},
    {"clamp", "Clip", clamp},
    {"nan_to_num", "IsNaN, IsInf, Where", nan_to_num},
    {"isfinite", "IsNaN, IsInf, Or, Not",
     [](Call& c) -> Names {
       return {c.node("Not", {c.node("Or", {c.node("IsNaN", {c.in()}), c.node("IsInf", {c.in()})})})};
     }},
    {"cast", "Cast", [](Call& c) -> Names { return {c.cast(c.in(), c.dtype(), c.out_dtype())}; }},
    {"clone", "nothing", clone},
    {"copy", "Expand, or nothing", written, Form::Of::function},
    {"fill", "Expand, or nothing", written, Form::Of::function},
    {"where", "Where"},
    {"masked_fill", "Where",
     [](Call& c) -> Names {
       return {c.node("Where", {c.in(1), c.in(2), c.in()})};
     }},
    {"square", "Mul",
     [](Call& c) -> Names {
       return {c.node("Mul", {c.in(), c.in()})};
     }},
    {"rsqrt", "Sqrt, Reciprocal",
     [](Call& c) -> Names { return {c.node("Reciprocal", {c.node("Sqrt", {c.in()})})}; }},
    {"exp2", "Pow",
     [](Call& c) -> Names {
       return {c.node("Pow", {c.scalar(2), c.in()})};
     }},
    {"expm1", "Exp, Sub",
     [](Call& c) -> Names {
       return {c.node("Sub", {c.node("Exp", {c.in()}), c.scalar(1)})};
     }},
    {"log1p", "Add, Log",
     [](Call& c) -> Names {
       return {c.node("Log", {c.node("Add", {c.in(), c.scalar(1)})})};
     }},
    {"log2", "Log, Mul", [](Call& c) -> Names { return {log_of_base(c, 2)}; }},
    {"log10", "Log, Mul", [](Call& c) -> Names { return {log_of_base(c, 10)}; }},
    {"erfc", "Erf, Sub",
     [](Call& c) -> Names {
       return {c.node("Sub", {c.scalar(1), c.node("Erf", {c.in()})})};
     }},
    {"trunc", "Abs, Floor, Sign, Mul",
     [](Call& c) -> Names {
       return {c.node("Mul", {c.node("Sign", {c.in()}), c.node("Floor", {c.node("Abs", {c.in()})})})};
     }},
    {"hypot", "Mul, Add, Sqrt",
     [](Call& c) -> Names {
       const std::string a = c.in(), b = other(c);
       return {c.node("Sqrt", {c.node("Add", {c.node("Mul", {a, a}), c.node("Mul", {b, b})})})};
     }},
    {"atan2", "Atan, Where", atan2},
    {"xlogy", "Log, Mul, Where", xlogy},
    {"logaddexp", "Max, Softplus, Add, Where", logaddexp},
    {"neg", "Neg", neg},
};

}  // namespace

std::span<const Form> elementwise_forms() { return kForms; }

}  // namespace xtape::onnx::saving
