// Rounding and remainders, of floats and of integers.
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

  Tensor forward(const Tensor& a, const Tensor& b) const {
    const Tensor out = make_tensor(broadcast_shapes(a.shape(), b.shape(), name.data()), a.dtype());
    visit(a.dtype(), [&](auto zero) {
      using T = decltype(zero);
      if constexpr (std::is_same_v<T, bool>)
        throw Error(fmt::format("{}: not defined for two bool tensors", name));
      else
        kernels::run_binary<T, T>(a, b, out, &kernels::row_by<Rest<sign>, T, T>);
    });
    return out;
  }
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

Tensor fmod(const Tensor& a, const Tensor& b) { return record_promoted<Fmod>(a, b); }
Tensor fmod(const Tensor& a, Scalar b) { return fmod(a, scalar_beside(a, b)); }
Tensor remainder(const Tensor& a, const Tensor& b) { return record_promoted<FloorRemainder>(a, b); }
Tensor remainder(const Tensor& a, Scalar b) { return remainder(a, scalar_beside(a, b)); }
Tensor remainder(Scalar a, const Tensor& b) { return remainder(scalar_beside(b, a), b); }
Tensor operator%(const Tensor& a, const Tensor& b) { return remainder(a, b); }
Tensor operator%(const Tensor& a, Scalar b) { return remainder(a, b); }
Tensor operator%(Scalar a, const Tensor& b) { return remainder(a, b); }

}  // namespace xtape
