// Activation functions, element by element, with PyTorch's choices at their kinks.
#include "autograd/ops/activation.hpp"

#include <cmath>
#include <numbers>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace op;

namespace {

using kernels::Unary;

constexpr double kGeluScale = 0.79788456080286535588;  // sqrt(2 / pi)
constexpr double kGeluCubic = 0.044715;

/// y = 0 where x <= 0, else g: the gradient of relu as one pass.    dg = gate(gy, x), dx = 0
struct ReluGate {
  static constexpr std::string_view name = "relu_gate";
  static constexpr Reads reads = Reads::input1;
  static constexpr bool strided = true;

  Tensor forward(Operand g, Operand x) const { return kernels::binary(kernels::Binary::gate, g, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(ReluGate{}, g, x[1]); });
    wrt(1, [&] { return zeros_like(g); });
  }
  static double reference(double g, double x) { return x <= 0 ? 0 : g; }
  static Cases<ReluGate> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}, .kinks = {0}},
            {.inputs = {{0}, {0}}},
            {.inputs = {{}, {}}, .kinks = {0}},
            {.special = {0, 1, -1}}};
  }
};

/// y = max(x, 0)      dx = g where y > 0, 0 at the kink. NaN stays and lets g pass.
struct Relu {
  static constexpr std::string_view name = "relu";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::relu, x); }
  void vjp(const Inputs&, const Tensor& y, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return record(ReluGate{}, std::move(g), y); });
  }
  static double reference(double x) { return x <= 0 ? 0 : x; }
  static Cases<Relu> cases() {
    return {{.inputs = {{3, 4}}, .kinks = {0}},
            {.inputs = {{}}, .kinks = {0}},
            {.inputs = {{0, 3}}},
            {.special = {0, 2, -3}}};
  }
};

/// y = g where x > 0, else slope g: the gradient of leaky_relu.    dg = gate(gy, x), dx = 0
struct LeakyReluGate {
  double slope = 0.01;

  static constexpr std::string_view name = "leaky_relu_gate";
  static constexpr Reads reads = Reads::input1;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& g, const Tensor& x) const { return where(x > 0, g, slope * g); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(*this, g, x[1]); });
    wrt(1, [&] { return zeros_like(g); });
  }
  double reference(double g, double x) const { return x > 0 ? g : g * slope; }
  Attributes attributes() const { return {{"negative_slope", slope}}; }
  static Cases<LeakyReluGate> cases() {
    return Cases<LeakyReluGate>()
        .add({.inputs = {{2, 3}, {2, 3}}, .kinks = {0}})
        .add({.inputs = {{}, {}}, .kinks = {0}}, LeakyReluGate{0.2})
        .add({.inputs = {{0}, {0}}})
        .add({.special = {0, 1, -1}}, LeakyReluGate{0.5});
  }
};

/// y = x where x > 0, else slope x
struct LeakyRelu {
  double slope = 0.01;

  static constexpr std::string_view name = "leaky_relu";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::leaky_relu, x, slope); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(LeakyReluGate{slope}, g, x[0]); });
  }
  double reference(double x) const { return x > 0 ? x : x * slope; }
  Attributes attributes() const { return {{"negative_slope", slope}}; }
  static Cases<LeakyRelu> cases() {
    return Cases<LeakyRelu>()
        .add({.inputs = {{3, 4}}, .kinks = {0}})
        .add({.inputs = {{}}, .kinks = {0}}, LeakyRelu{0.2})
        .add({.inputs = {{0, 3}}})
        .add({.special = {0, 2, -3}}, LeakyRelu{0.5});
  }
};

/// y = x where x > 0, else alpha (e^x - 1)      dx = g where x > 0, else g (y + alpha)
struct Elu {
  double alpha = 1;

  static constexpr std::string_view name = "elu";
  static constexpr Reads reads = Reads::inputs_and_output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::elu, x, alpha, 1); }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(x[0] > 0, g, g * (y + alpha)); });
  }
  double reference(double x) const { return x > 0 ? x : alpha * std::expm1(x); }
  Attributes attributes() const { return {{"alpha", alpha}}; }
  static Cases<Elu> cases() {
    return Cases<Elu>()
        .add({.inputs = {{3, 4}}, .kinks = {0}})
        .add({.inputs = {{}}, .kinks = {0}}, Elu{0.5})
        .add({.inputs = {{0, 3}}})
        .add({.special = {0, 2, -3, -80}}, Elu{2});
  }
};

/// y = x s, s = sigmoid x      dx = g s (1 + x (1 - s))
struct Silu {
  static constexpr std::string_view name = "silu";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::silu, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor s = sigmoid(x[0]);
      return g * (s * (1 + x[0] * (1 - s)));
    });
  }
  static double reference(double x) { return x / (1 + std::exp(-x)); }
  static Cases<Silu> cases() {
    return {{.inputs = {{3, 4}}, .low = -3, .high = 3},
            {.inputs = {{}}},
            {.inputs = {{0, 3}}},
            {.special = {0, 30, -30}}};
  }
};

/// y = log(1 + e^(beta x)) / beta, x itself where beta x > threshold      dx = g sigmoid(beta x)
struct Softplus {
  double beta = 1;
  double threshold = 20;

  static constexpr std::string_view name = "softplus";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::softplus, x, beta, threshold); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor z = beta * x[0];
      return where(z > threshold, g, g * sigmoid(z));
    });
  }
  double reference(double x) const {
    return x * beta > threshold ? x : std::log1p(std::exp(x * beta)) / beta;
  }
  Attributes attributes() const { return {{"beta", beta}, {"threshold", threshold}}; }
  static Cases<Softplus> cases() {
    return Cases<Softplus>()
        .add({.inputs = {{3, 4}}, .low = -3, .high = 3})
        .add({.inputs = {{}}}, Softplus{2, 20})
        .add({.inputs = {{3, 4}}, .low = -3, .high = 3, .kinks = {0.5}, .smooth = false}, Softplus{2, 1})
        .add({.inputs = {{0, 3}}})
        .add({.special = {0, 30, -30, 19.9}});
  }
};

/// y = g (P(x) + x p(x)): the gradient of gelu as one pass.    dg = h (P(x) + x p(x)), dx = h g (2 - x^2)
/// p(x)
struct GeluBackward {
  static constexpr std::string_view name = "gelu_backward";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(Operand g, Operand x) const { return kernels::binary(kernels::Binary::gelu_backward, g, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& h, Wrt& wrt) const {
    wrt(0, [&] { return record(GeluBackward{}, h, x[1]); });
    wrt(1, [&] {
      const Tensor density = exp(-0.5 * square(x[1])) * (0.5 * kGeluScale);
      return h * x[0] * ((2 - square(x[1])) * density);
    });
  }
  static double reference(double g, double x) {
    const double density = 0.5 * kGeluScale * std::exp(-0.5 * x * x);
    return g * (0.5 * (1 + std::erf(x / std::numbers::sqrt2)) + x * density);
  }
  static Cases<GeluBackward> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}},
            {.inputs = {{0}, {0}}},
            {.inputs = {{}, {}}},
            {.special = {0, 1, -1, 0.5}}};
  }
};

/// y = x P(x), P the normal distribution function      dx = g (P(x) + x p(x))
struct Gelu {
  static constexpr std::string_view name = "gelu";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::gelu, x); }
  void vjp(const Inputs& x, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return record(GeluBackward{}, std::move(g), x[0]); });
  }
  static double reference(double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); }
  static Cases<Gelu> cases() {
    return {{.inputs = {{3, 4}}, .low = -2, .high = 2},
            {.inputs = {{}}},
            {.inputs = {{0, 3}}},
            {.special = {0, 5, -5}}};
  }
};

/// y = x (1 + t) / 2, t = tanh(s (x + c x^3))      dx = g ((1 + t) / 2 + x (1 - t^2) s (1 + 3 c x^2) / 2)
struct GeluTanh {
  static constexpr std::string_view name = "gelu_tanh";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::gelu_tanh, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor t = tanh(kGeluScale * (x[0] + kGeluCubic * (square(x[0]) * x[0])));
      const Tensor slope = kGeluScale * (1 + 3 * kGeluCubic * square(x[0]));
      return g * (0.5 * (1 + t) + 0.5 * (x[0] * ((1 - square(t)) * slope)));
    });
  }
  static double reference(double x) {
    return 0.5 * x * (1 + std::tanh(kGeluScale * (x + kGeluCubic * x * x * x)));
  }
  static Cases<GeluTanh> cases() {
    return {{.inputs = {{3, 4}}, .low = -2, .high = 2},
            {.inputs = {{}}},
            {.inputs = {{0, 3}}},
            {.special = {0, 5, -5}}};
  }
};

}  // namespace

Tensor relu(const Tensor& x) { return record(Relu{}, x); }
Tensor leaky_relu(const Tensor& x, double negative_slope) {
  return record_real(LeakyRelu{negative_slope}, x);
}
Tensor elu(const Tensor& x, double alpha) { return record_real(Elu{alpha}, x); }
Tensor silu(const Tensor& x) { return record_real(Silu{}, x); }
Tensor softplus(const Tensor& x, double beta, double threshold) {
  return record_real(Softplus{beta, threshold}, x);
}
Tensor gelu(const Tensor& x, std::string_view approximate) {
  check(approximate == "none" || approximate == "tanh",
        "gelu: approximate is \"{}\"; expected \"none\" or \"tanh\"", approximate);
  if (approximate == "tanh") return record_real(GeluTanh{}, x);
  return record_real(Gelu{}, x);
}

Tensor leaky_relu(const Tensor& x, const LeakyReLUOptions& options) {
  return options.inplace ? leaky_relu_(x, options.negative_slope) : leaky_relu(x, options.negative_slope);
}
Tensor elu(const Tensor& x, const ELUOptions& options) {
  return options.inplace ? elu_(x, options.alpha) : elu(x, options.alpha);
}
Tensor softplus(const Tensor& x, const SoftplusOptions& options) {
  return softplus(x, options.beta, options.threshold);
}
Tensor gelu(const Tensor& x, const GELUOptions& options) { return gelu(x, options.approximate); }

}  // namespace xtape
