// Smooth activation functions, each with its derivative.
#include "autograd/ops/smooth_activation.hpp"

#include <cmath>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/detail/smooth_cases.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Unary;

constexpr double kSeluAlpha = 1.6732632423543772848170429916717;
constexpr double kSeluScale = 1.0507009873554804934193349852946;

/// y = x t, t = tanh(log(1 + e^x))      dx = g (t + x s (1 - t^2)), s = sigmoid x
struct Mish {
  static constexpr std::string_view name = "mish";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::mish, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor t = tanh(softplus(x[0]));
      return g * (t + x[0] * (sigmoid(x[0]) * (1 - square(t))));
    });
  }
  static double reference(double x) { return x * std::tanh(std::log1p(std::exp(x))); }
  static Cases<Mish> cases() { return smooth_cases<Mish>(-3, 3, {0, 19, 21, -30, 300}); }
};

/// y = x where x > 0, else alpha (e^(x / alpha) - 1)      dx = g where x > 0, else g (y / alpha + 1)
struct Celu {
  double alpha = 1;

  static constexpr std::string_view name = "celu";
  static constexpr Reads reads = Reads::inputs_and_output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::elu, x, alpha, 1 / alpha); }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(x[0] > 0, g, g * (y / alpha + 1)); });
  }
  double reference(double x) const { return x > 0 ? x : alpha * std::expm1(x / alpha); }
  Attributes attributes() const { return {{"alpha", alpha}}; }
  static Cases<Celu> cases() {
    return Cases<Celu>()
        .add({.inputs = {{3, 4}}, .kinks = {0}})
        .add({.inputs = {{3, 4}}, .kinks = {0}}, Celu{0.5})
        .add({.inputs = {{}}, .kinks = {0}}, Celu{2})
        .add({.inputs = {{0, 3}}})
        .add({.special = {0, 2, -3, -80}}, Celu{2});
  }
};

/// y = -log(1 + e^-x)      dx = g sigmoid(-x)
struct LogSigmoid {
  static constexpr std::string_view name = "logsigmoid";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::logsigmoid, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * sigmoid(-x[0]); });
  }
  static double reference(double x) { return std::min(x, 0.0) - std::log1p(std::exp(-std::abs(x))); }
  static Cases<LogSigmoid> cases() { return smooth_cases<LogSigmoid>(-3, 3, {0, 30, -30, 1000, -1000}); }
};

}  // namespace

Tensor mish(const Tensor& x) { return record_real(Mish{}, x); }
Tensor selu(const Tensor& x) {
  if (is_traced()) [[unlikely]]
    return report("selu", {x}, {}, [&] { return selu(x); });
  check_floating(x.dtype(), "selu");
  return kSeluScale * elu(x, kSeluAlpha);
}
Tensor celu(const Tensor& x, double alpha) {
  check(alpha != 0, "celu: alpha is 0, which x would be divided by");
  return record_real(Celu{alpha}, x);
}
Tensor logsigmoid(const Tensor& x) { return record_real(LogSigmoid{}, x); }
Tensor softsign(const Tensor& x) {
  if (is_traced()) [[unlikely]]
    return report("softsign", {x}, {}, [&] { return softsign(x); });
  check(x.dtype() != kBool, "softsign: not defined for a bool tensor");
  return x / (1 + abs(x));
}
Tensor glu(const Tensor& x, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("glu", {x}, {{"dim", dim}}, [&] { return glu(x, dim); });
  check_floating(x.dtype(), "glu");
  check(x.dim() > 0, "glu: a 0-d tensor cannot be halved");
  const std::int64_t size = x.size(dim);
  check(size % 2 == 0, "glu: size {} of dim {} is odd; expected an even one, to be halved", size,
        static_cast<std::int64_t>(dim));
  return narrow(x, dim, 0, size / 2) * sigmoid(narrow(x, dim, size / 2, size / 2));
}
Tensor celu(const Tensor& x, const CELUOptions& options) {
  return options.inplace ? celu_(x, options.alpha) : celu(x, options.alpha);
}
Tensor glu(const Tensor& x, const GLUOptions& options) { return glu(x, options.dim); }

}  // namespace xtape
