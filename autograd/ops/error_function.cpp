// The complementary error function and the inverse, each with its derivative.
#include "autograd/ops/error_function.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/map.hpp"
#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/detail/smooth_cases.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

constexpr double kSlope = 2 * std::numbers::inv_sqrtpi;  // of erf at 0

/// The root y of erf y = x for 0 <= x < 1: a rational start (PyTorch's, of Wichura's kind), and two steps of
/// Newton's method. Near 1 they run on erfc y = 1 - x, which keeps its digits.
double inverse_of_positive(double x) {
  constexpr auto polynomial = [](double z, auto... c) {
    double sum = 0;
    ((sum = sum * z + c), ...);
    return sum;
  };
  const bool central = x <= 0.7;
  double y;
  if (central) {
    const double z = x * x;
    y = x * polynomial(z, -0.140543331, 0.914624893, -1.645349621, 0.886226899) /
        polynomial(z, 0.012229801, -0.329097515, 1.442710462, -2.118377725, 1.0);
  } else {
    const double z = std::sqrt(-std::log((1 - x) / 2));
    y = polynomial(z, 1.641345311, 3.429567803, -1.624906493, -1.970840454) /
        polynomial(z, 1.637067800, 3.543889200, 1.0);
  }
  for (int step = 0; step < 2; ++step) {
    const double error = central ? std::erf(y) - x : (1 - x) - std::erfc(y);
    y -= error / (kSlope * std::exp(-y * y));
  }
  return y;
}

double inverse_erf(double x) {
  const double size = std::abs(x);
  if (size < 1) return std::copysign(inverse_of_positive(size), x);
  return size == 1 ? x * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
}

/// y = 1 - erf x       dx = -g 2 / sqrt(pi) e^(-x^2)
struct Erfc {
  static constexpr std::string_view name = "erfc";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::erfc(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * (-kSlope * exp(-square(x[0]))); });
  }
  static double reference(double x) { return x < 1 ? 1 - std::erf(x) : std::erfc(x); }
  static Cases<Erfc> cases() { return smooth_cases<Erfc>(-2, 2, {0, 0.5, 5, -5}); }
};

/// y with erf y = x    dx = g sqrt(pi) / 2 e^(y^2)
struct Erfinv {
  static constexpr std::string_view name = "erfinv";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return static_cast<decltype(v)>(inverse_erf(v)); });
  }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * (exp(square(y)) / kSlope); });
  }
  static double reference(double x) {  // by bisection
    if (!(std::abs(x) <= 1)) return std::numeric_limits<double>::quiet_NaN();
    if (std::abs(x) == 1) return x * std::numeric_limits<double>::infinity();
    double low = -6, high = 6;
    for (int i = 0; i < 80; ++i) {
      const double middle = (low + high) / 2;
      (std::erf(middle) < x ? low : high) = middle;
    }
    return high;
  }
  static Cases<Erfinv> cases() { return smooth_cases<Erfinv>(-0.9, 0.9, {0, 0.5, -0.99, 1, -1, 2}); }
};

}  // namespace

Tensor erfc(const Tensor& x) { return record_floating(Erfc{}, x); }
Tensor erfinv(const Tensor& x) { return record_floating(Erfinv{}, x); }

}  // namespace xtape
