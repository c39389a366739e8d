// Rounding, division to whole numbers and remainders, of floats and of integers.
#include "autograd/ops/rounding.hpp"

#include <cmath>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/binary_rows.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/detail/smooth_cases.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Unary;

/// y = an integer near x      dx = 0
template <Unary kind>
struct Rounding {
  static constexpr std::string_view name = kind == Unary::floor   ? "floor"
                                           : kind == Unary::ceil  ? "ceil"
                                           : kind == Unary::trunc ? "trunc"
                                                                  : "round";

  Tensor forward(Operand x) const { return kernels::unary(kind, x); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return zeros_like(g); });
  }
  static double reference(double x) {
    if constexpr (kind == Unary::floor) return std::floor(x);
    if constexpr (kind == Unary::ceil) return std::ceil(x);
    if constexpr (kind == Unary::trunc) return std::trunc(x);
    return std::nearbyint(x);
  }
  static Cases<Rounding> cases() {
    return {{.inputs = {{3, 4}}, .low = -2, .high = 2, .kinks = {-1.5, -1, -0.5, 0, 0.5, 1, 1.5}},
            {.inputs = {{}}, .kinks = {-0.5, 0, 0.5}},
            {.inputs = {{0, 3}}},
            {.special = {0, 0.5, 1.5, 2.5, -0.5, -0.2, -2.5, 8388609, 1e30}}};
  }
};

/// The quotient of a / b, rounded down or towards 0.
enum class Towards { lower, zero };
constexpr std::string_view division_name(Towards towards) {
  return towards == Towards::lower ? "floor_divide" : "trunc_divide";
}
template <Towards towards>
struct Quotient {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return towards == Towards::zero ? std::trunc(a / b) : rounded_down(a, b);
    } else {
      check(b != 0, "{}: an integer is divided by 0", division_name(towards));
      if (std::is_signed_v<T> && b == static_cast<T>(-1))
        return static_cast<T>(0 - static_cast<std::uint64_t>(a));  // wraps
      const bool turns = towards == Towards::lower && a % b != 0 && (a < 0) != (b < 0);
      return static_cast<T>(a / b - (turns ? 1 : 0));
    }
  }

 private:
  /// As Python: from the rest, since a / b may be rounded up to the next whole number.
  template <class T>
  static T rounded_down(T a, T b) {
    if (b == 0) return a / b;
    const T rest = std::fmod(a, b);
    T whole = (a - rest) / b;
    if (rest != 0 && (b < 0) != (rest < 0)) whole -= 1;
    return whole == 0 ? std::copysign(T{0}, a / b) : std::round(whole);
  }
};

/// Rule{}(a, b) for each pair of numbers, where the smaller tensor is stretched.
template <class Rule>
Tensor of_pairs(const Tensor& a, const Tensor& b, std::string_view name) {
  const Tensor out = make_tensor(broadcast_shapes(a.shape(), b.shape(), name.data()), a.dtype());
  visit(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_same_v<T, bool>)
      throw Error(fmt::format("{}: not defined for two bool tensors", name));
    else
      kernels::run_binary<T, T>(a, b, out, &kernels::row_by<Rule, T, T>);
  });
  return out;
}

/// y = a / b rounded to a whole number      da = 0, db = 0
template <Towards towards>
struct RoundedDivision {
  static constexpr std::string_view name = division_name(towards);
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const { return of_pairs<Quotient<towards>>(a, b, name); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return zeros_like(g); });
    wrt(1, [&] { return zeros_like(g); });
  }
  static double reference(double a, double b) {
    if (towards == Towards::zero) return std::trunc(a / b);
    if (b == 0) return a / b;
    if (!std::isfinite(a)) return std::nan("");
    if (std::isinf(b)) return a != 0 && (a < 0) != (b < 0) ? -1 : 0;
    return std::floor(a / b);
  }
  static Cases<RoundedDivision> cases() {
    return smooth_pairs<RoundedDivision>(0.5, 2, {0, 1, -2, 3.5})
        .add({.inputs = {{2, 3}, {2, 3}}, .low = -2, .high = 2});
  }
};
using FloorDivision = RoundedDivision<Towards::lower>;
using TruncDivision = RoundedDivision<Towards::zero>;

/// What is left of a division, with the sign of a, or with that of b.
enum class SignOf { dividend, divisor };
template <SignOf sign>
struct Rest {
  template <class T>
  T operator()(T a, T b) const {
    T rest;
    if constexpr (std::is_floating_point_v<T>) {
      rest = std::fmod(a, b);
    } else {
      check(b != 0, "{}: an integer is divided by 0", sign == SignOf::dividend ? "fmod" : "remainder");
      rest = static_cast<T>(std::is_signed_v<T> && b == static_cast<T>(-1) ? 0 : a % b);
    }
    const bool turns = sign == SignOf::divisor && rest != 0 && (rest < 0) != (b < 0);
    return turns ? static_cast<T>(rest + b) : rest;
  }
};

/// y = a - n b, n = a / b rounded to an integer      da = g, db = -g n
template <SignOf sign>
struct Remainder {
  static constexpr std::string_view name = sign == SignOf::dividend ? "fmod" : "remainder";
  static constexpr Reads reads = Reads::inputs_and_output;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const { return of_pairs<Rest<sign>>(a, b, name); }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g; });
    // PyTorch's choices: fmod's quotient may have been rounded up to an integer, remainder's is exact.
    wrt(1, [&] { return -g * (sign == SignOf::dividend ? trunc(x[0] / x[1]) : round((x[0] - y) / x[1])); });
  }
  static double reference(double a, double b) {
    const double rest = std::fmod(a, b);
    return sign == SignOf::divisor && rest * b < 0 ? rest + b : rest;
  }
  static Cases<Remainder> cases() {
    return smooth_pairs<Remainder>(0.5, 2, {0, 1, -2, 3.5})
        .add({.inputs = {{2, 3}, {2, 3}}, .low = -2, .high = 2});
  }
};
using Fmod = Remainder<SignOf::dividend>;
using FloorRemainder = Remainder<SignOf::divisor>;

/// Integers are rounded already.
template <Unary kind>
Tensor rounded(const Tensor& x) {
  check(x.dtype() != kBool, "{}: not defined for a bool tensor", Rounding<kind>::name);
  return x.is_floating_point() ? record(Rounding<kind>{}, x) : x.clone();
}

}  // namespace

Tensor floor(const Tensor& x) { return rounded<Unary::floor>(x); }
Tensor ceil(const Tensor& x) { return rounded<Unary::ceil>(x); }
Tensor trunc(const Tensor& x) { return rounded<Unary::trunc>(x); }
Tensor round(const Tensor& x) { return rounded<Unary::round>(x); }
Tensor round(const Tensor& x, std::int64_t decimals) {
  if (decimals == 0) return round(x);
  check_floating(x.dtype(), "round to decimals");
  const double power = std::pow(10.0, std::abs(decimals));
  return decimals > 0 ? round(x * power) / power : round(x / power) * power;
}
Tensor round(const Tensor& x, const RoundOptions& options) { return round(x, options.decimals); }
Tensor frac(const Tensor& x) {
  check_floating(x.dtype(), "frac");
  return x - trunc(x);
}

Tensor div(const Tensor& a, const Tensor& b, std::string_view rounding_mode) {
  if (rounding_mode.empty()) return a / b;
  if (rounding_mode == "floor") return floor_divide(a, b);
  check(rounding_mode == "trunc", "div: rounding_mode is \"{}\"; expected \"floor\", \"trunc\" or none",
        rounding_mode);
  return record_promoted<TruncDivision>(a, b);
}
Tensor div(const Tensor& a, Scalar b, std::string_view rounding_mode) {
  return rounding_mode.empty() ? a / b : div(a, scalar_beside(a, b), rounding_mode);
}
Tensor div(const Tensor& a, const Tensor& b, const DivOptions& options) {
  return div(a, b, options.rounding_mode);
}
Tensor div(const Tensor& a, Scalar b, const DivOptions& options) { return div(a, b, options.rounding_mode); }
Tensor floor_divide(const Tensor& a, const Tensor& b) { return record_promoted<FloorDivision>(a, b); }
Tensor floor_divide(const Tensor& a, Scalar b) { return floor_divide(a, scalar_beside(a, b)); }

Tensor fmod(const Tensor& a, const Tensor& b) { return record_promoted<Fmod>(a, b); }
Tensor fmod(const Tensor& a, Scalar b) { return fmod(a, scalar_beside(a, b)); }
Tensor remainder(const Tensor& a, const Tensor& b) { return record_promoted<FloorRemainder>(a, b); }
Tensor remainder(const Tensor& a, Scalar b) { return remainder(a, scalar_beside(a, b)); }
Tensor remainder(Scalar a, const Tensor& b) { return remainder(scalar_beside(b, a), b); }
Tensor operator%(const Tensor& a, const Tensor& b) { return remainder(a, b); }
Tensor operator%(const Tensor& a, Scalar b) { return remainder(a, b); }
Tensor operator%(Scalar a, const Tensor& b) { return remainder(a, b); }

}  // namespace xtape
