// Logarithms by libm, each with its derivative.
#include "autograd/ops/logarithms.hpp"

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

/// y = log2 x           dx = g / (x ln 2)
struct Log2 {
  static constexpr std::string_view name = "log2";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::log2(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g / (x[0] * std::numbers::ln2); });
  }
  static double reference(double x) { return std::log(x) / std::numbers::ln2; }
  static Cases<Log2> cases() { return smooth_cases<Log2>(0.5, 3, {0, 1, 8, -1, 1e30}); }
};

/// y = log10 x          dx = g / (x ln 10)
struct Log10 {
  static constexpr std::string_view name = "log10";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::log10(v); });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g / (x[0] * std::numbers::ln10); });
  }
  static double reference(double x) { return std::log(x) / std::numbers::ln10; }
  static Cases<Log10> cases() { return smooth_cases<Log10>(0.5, 3, {0, 1, 1000, -1, 1e30}); }
};

/// y = 2^x              dx = g y ln 2
struct Exp2 {
  static constexpr std::string_view name = "exp2";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const {
    return kernels::map(x, [](auto v) { return std::exp2(v); });
  }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * (y * std::numbers::ln2); });
  }
  static double reference(double x) { return std::pow(2.0, x); }
  static Cases<Exp2> cases() { return smooth_cases<Exp2>(-1, 1, {0, 1, -3, 100}); }
};

/// y = log(e^a + e^b)      da = g s(a - b), db = g s(b - a), s = sigmoid
struct LogAddExp {
  static constexpr std::string_view name = "logaddexp";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    return kernels::map(a, b, [](auto v, auto w) {
      if (v == w) return v + static_cast<decltype(v)>(std::numbers::ln2);  // also infinities
      return std::max(v, w) + std::log1p(std::exp(-std::abs(v - w)));
    });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * sigmoid(x[0] - x[1]); });
    wrt(1, [&] { return g * sigmoid(x[1] - x[0]); });
  }
  static double reference(double a, double b) { return std::log(std::exp(a) + std::exp(b)); }
  static Cases<LogAddExp> cases() { return smooth_pairs<LogAddExp>(-1, 1, {0, 1, -1, 300}); }
};

/// y = a log b, 0 where a is 0      da = g log b, 0 where a is 0 and b no positive number; db = g a / b
struct XLogY {
  static constexpr std::string_view name = "xlogy";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    return kernels::map(a, b, [](auto v, auto w) {
      return std::isnan(w) ? w : v == 0 ? 0 : v * std::log(w);
    });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(x[0] == 0 && x[1] <= 0, 0, g * log(x[1])); });
    wrt(1, [&] { return g * (x[0] / x[1]); });
  }
  static double reference(double a, double b) { return std::isnan(b) ? b : a == 0 ? 0 : std::log(b) * a; }
  static Cases<XLogY> cases() { return smooth_pairs<XLogY>(0.5, 2, {0, 1, -1, 3}); }
};

}  // namespace

Tensor log2(const Tensor& x) { return record_floating(Log2{}, x); }
Tensor log10(const Tensor& x) { return record_floating(Log10{}, x); }
Tensor exp2(const Tensor& x) { return record_floating(Exp2{}, x); }

Tensor logaddexp(const Tensor& a, const Tensor& b) {
  check_floating(result_type(a, b), "logaddexp");
  return record_promoted<LogAddExp>(a, b);
}
Tensor xlogy(const Tensor& a, const Tensor& b) { return record_promoted_floating<XLogY>(a, b); }
Tensor xlogy(const Tensor& a, Scalar b) { return xlogy(a, scalar_beside(a, b)); }
Tensor xlogy(Scalar a, const Tensor& b) { return xlogy(scalar_beside(b, a), b); }

}  // namespace xtape
