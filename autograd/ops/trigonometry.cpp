// Trigonometric and hyperbolic functions by libm, each with its derivative.
#include "autograd/ops/trigonometry.hpp"

#include <cmath>
#include <numbers>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/map.hpp"
#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/detail/smooth_cases.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// y = tan x            dx = g (1 + y^2)
struct Tan {
  static constexpr std::string_view name = "tan";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::tan(v); });
  }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * (1 + square(y)); });
  }
  static double reference(double x) { return std::sin(x) / std::cos(x); }
  static Cases<Tan> cases() { return smooth_cases<Tan>(-1, 1, {0, 1, -2}); }
};

/// y = arcsin x         dx = g / sqrt(1 - x^2)
struct Asin {
  static constexpr std::string_view name = "asin";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::asin(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * rsqrt(1 - square(x[0])); });
  }
  static double reference(double x) {
    return std::abs(x) <= 1 ? std::atan2(x, std::sqrt((1 - x) * (1 + x))) : NAN;
  }
  static Cases<Asin> cases() { return smooth_cases<Asin>(-0.8, 0.8, {0, 1, -1, 2}); }
};

/// y = arccos x         dx = -g / sqrt(1 - x^2)
struct Acos {
  static constexpr std::string_view name = "acos";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::acos(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return -g * rsqrt(1 - square(x[0])); });
  }
  static double reference(double x) {
    return std::abs(x) <= 1 ? std::atan2(std::sqrt((1 - x) * (1 + x)), x) : NAN;
  }
  static Cases<Acos> cases() { return smooth_cases<Acos>(-0.8, 0.8, {0, 1, -1, 2}); }
};

/// y = arctan x         dx = g / (1 + x^2)
struct Atan {
  static constexpr std::string_view name = "atan";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::atan(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g / (1 + square(x[0])); });
  }
  static double reference(double x) { return std::atan2(x, 1.0); }
  static Cases<Atan> cases() { return smooth_cases<Atan>(-3, 3, {0, 1, -100}); }
};

/// y = sinh x           dx = g cosh x
struct Sinh {
  static constexpr std::string_view name = "sinh";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::sinh(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * cosh(x[0]); });
  }
  static double reference(double x) { return std::sinh(x); }
  static Cases<Sinh> cases() { return smooth_cases<Sinh>(-2, 2, {0, 1, -3, 1000}); }
};

/// y = cosh x           dx = g sinh x
struct Cosh {
  static constexpr std::string_view name = "cosh";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::cosh(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * sinh(x[0]); });
  }
  static double reference(double x) { return std::cosh(x); }
  static Cases<Cosh> cases() { return smooth_cases<Cosh>(-2, 2, {0, 1, -3, 1000}); }
};

/// y = arsinh x         dx = g / sqrt(x^2 + 1)
struct Asinh {
  static constexpr std::string_view name = "asinh";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::asinh(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * rsqrt(square(x[0]) + 1); });
  }
  static double reference(double x) { return std::asinh(x); }
  static Cases<Asinh> cases() { return smooth_cases<Asinh>(-3, 3, {0, 1, -100}); }
};

/// y = arcosh x         dx = g / sqrt(x^2 - 1)
struct Acosh {
  static constexpr std::string_view name = "acosh";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::acosh(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * rsqrt(square(x[0]) - 1); });
  }
  static double reference(double x) { return std::acosh(x); }
  static Cases<Acosh> cases() { return smooth_cases<Acosh>(1.2, 3, {0.5, 1, 100}); }
};

/// y = artanh x         dx = g / (1 - x^2)
struct Atanh {
  static constexpr std::string_view name = "atanh";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::atanh(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g / (1 - square(x[0])); });
  }
  static double reference(double x) { return std::atanh(x); }
  static Cases<Atanh> cases() { return smooth_cases<Atanh>(-0.8, 0.8, {0, 0.5, 1, -1, 2}); }
};

/// y = the angle of (b, a)      da = g b / (a^2 + b^2), db = -g a / (a^2 + b^2)
struct Atan2 {
  static constexpr std::string_view name = "atan2";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    return kernels::map(a, b, [](auto v, auto w) { return std::atan2(v, w); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const auto scaled = [&] { return g / (square(x[0]) + square(x[1])); };
    wrt(0, [&] { return scaled() * x[1]; });
    wrt(1, [&] { return -scaled() * x[0]; });
  }
  static double reference(double a, double b) { return std::atan2(a, b); }
  static Cases<Atan2> cases() { return smooth_pairs<Atan2>(0.5, 2, {0, 1, -2}); }
};

/// y = sqrt(a^2 + b^2)          da = g a / y, db = g b / y
struct Hypot {
  static constexpr std::string_view name = "hypot";
  static constexpr Reads reads = Reads::inputs_and_output;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    return kernels::map(a, b, [](auto v, auto w) { return std::hypot(v, w); });
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * (x[0] / y); });
    wrt(1, [&] { return g * (x[1] / y); });
  }
  static double reference(double a, double b) { return std::hypot(a, b); }
  static Cases<Hypot> cases() { return smooth_pairs<Hypot>(0.5, 2, {0, 1, -2}); }
};

}  // namespace

Tensor tan(const Tensor& x) { return record_floating(Tan{}, x); }
Tensor asin(const Tensor& x) { return record_floating(Asin{}, x); }
Tensor acos(const Tensor& x) { return record_floating(Acos{}, x); }
Tensor atan(const Tensor& x) { return record_floating(Atan{}, x); }
Tensor sinh(const Tensor& x) { return record_floating(Sinh{}, x); }
Tensor cosh(const Tensor& x) { return record_floating(Cosh{}, x); }
Tensor asinh(const Tensor& x) { return record_floating(Asinh{}, x); }
Tensor acosh(const Tensor& x) { return record_floating(Acosh{}, x); }
Tensor atanh(const Tensor& x) { return record_floating(Atanh{}, x); }
Tensor sinc(const Tensor& x) {
  const Tensor z = x * std::numbers::pi, at_zero = z == 0;
  return masked_fill(sin(z) / masked_fill(z, at_zero, 1), at_zero, 1);
}

Tensor atan2(const Tensor& a, const Tensor& b) { return record_promoted_floating<Atan2>(a, b); }
Tensor hypot(const Tensor& a, const Tensor& b) {
  check_floating(result_type(a, b), "hypot");
  return record_promoted<Hypot>(a, b);
}

}  // namespace xtape
