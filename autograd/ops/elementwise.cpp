// Functions of real numbers, element by element, each with its derivative.
#include "autograd/ops/elementwise.hpp"

#include <cmath>
#include <numbers>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace op;

namespace {

using kernels::Unary;

/// y = e^x             dx = g y
struct Exp {
  static constexpr std::string_view name = "exp";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::exp, x); }
  void vjp(const Inputs&, const Tensor& y, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return std::move(g) * y; });
  }
  static double reference(double x) { return std::exp(x); }
  static Cases<Exp> cases() {
    return {{.inputs = {{2, 3}}}, {.inputs = {{}}}, {.inputs = {{0, 3}}}, {.special = {0, 1, -1, 80, -80}}};
  }
};

/// y = log x           dx = g / x
struct Log {
  static constexpr std::string_view name = "log";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::log, x); }
  void vjp(const Inputs& x, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return std::move(g) / x[0]; });
  }
  static double reference(double x) { return std::log(x); }
  static Cases<Log> cases() {
    return {{.inputs = {{2, 3}}, .low = 0.5, .high = 3},
            {.inputs = {{}}, .low = 0.5, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 1, 2.5, -1, 1e30}}};
  }
};

/// y = log(1 + x)      dx = g / (1 + x)
struct Log1p {
  static constexpr std::string_view name = "log1p";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::log1p, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g / (x[0] + 1); });
  }
  static double reference(double x) { return std::log1p(x); }
  static Cases<Log1p> cases() {
    return {{.inputs = {{2, 3}}, .low = -0.5, .high = 3},
            {.inputs = {{}}, .low = -0.5, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 1e-10, -0.5, -1, -2, 1e30}}};
  }
};

/// y = e^x - 1         dx = g (y + 1)
struct Expm1 {
  static constexpr std::string_view name = "expm1";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::expm1, x); }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * (y + 1); });
  }
  static double reference(double x) { return std::expm1(x); }
  static Cases<Expm1> cases() {
    return {{.inputs = {{2, 3}}},
            {.inputs = {{}}},
            {.inputs = {{0, 3}}},
            {.special = {0, 1e-10, -1e-10, 1, -40, 80}}};
  }
};

/// y = sqrt x          dx = g / (2 y)
struct Sqrt {
  static constexpr std::string_view name = "sqrt";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::sqrt, x); }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g / (2 * y); });
  }
  static double reference(double x) { return std::sqrt(x); }
  static Cases<Sqrt> cases() {
    return {{.inputs = {{2, 3}}, .low = 0.5, .high = 3},
            {.inputs = {{}}, .low = 0.5, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 1, 4, -1}}};
  }
};

/// y = 1 / sqrt x      dx = -g y^3 / 2
struct Rsqrt {
  static constexpr std::string_view name = "rsqrt";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::rsqrt, x); }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return -0.5 * g * (square(y) * y); });
  }
  static double reference(double x) { return 1 / std::sqrt(x); }
  static Cases<Rsqrt> cases() {
    return {{.inputs = {{2, 3}}, .low = 0.5, .high = 3},
            {.inputs = {{}}, .low = 0.5, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 1, 4, -1}}};
  }
};

/// y = x^2             dx = 2 g x
struct Square {
  static constexpr std::string_view name = "square";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::square, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return 2 * g * x[0]; });
  }
  static double reference(double x) { return x * x; }
  static Cases<Square> cases() {
    return {{.inputs = {{2, 3}}}, {.inputs = {{}}}, {.inputs = {{0, 3}}}, {.special = {0, 3, -1e30}}};
  }
};

/// y = 1 / x           dx = -g y^2
struct Reciprocal {
  static constexpr std::string_view name = "reciprocal";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::reciprocal, x); }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return -g * square(y); });
  }
  static double reference(double x) { return 1 / x; }
  static Cases<Reciprocal> cases() {
    return {{.inputs = {{2, 3}}, .low = 0.5, .high = 3},
            {.inputs = {{}}, .low = 0.5, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 3, -4}}};
  }
};

/// y = sin x           dx = g cos x
struct Sin {
  static constexpr std::string_view name = "sin";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::sin, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * cos(x[0]); });
  }
  static double reference(double x) { return std::sin(x); }
  static Cases<Sin> cases() {
    return {{.inputs = {{2, 3}}, .low = -3, .high = 3},
            {.inputs = {{}}, .low = -3, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 1, -100, 1e6}}};
  }
};

/// y = cos x           dx = -g sin x
struct Cos {
  static constexpr std::string_view name = "cos";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::cos, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return -g * sin(x[0]); });
  }
  static double reference(double x) { return std::cos(x); }
  static Cases<Cos> cases() {
    return {{.inputs = {{2, 3}}, .low = -3, .high = 3},
            {.inputs = {{}}, .low = -3, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 1, -100, 1e6}}};
  }
};

/// y = g (1 - t^2): the gradient of t = tanh x as one pass.    dg = h (1 - t^2), dt = -2 h g t
struct TanhBackward {
  static constexpr std::string_view name = "tanh_backward";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(Operand g, Operand t) const { return kernels::binary(kernels::Binary::tanh_backward, g, t); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& h, Wrt& wrt) const {
    wrt(0, [&] { return record(TanhBackward{}, h, x[1]); });
    wrt(1, [&] { return -2 * h * x[0] * x[1]; });
  }
  static double reference(double g, double t) { return g * (1 - t * t); }
  static Cases<TanhBackward> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}},
            {.inputs = {{0}, {0}}},
            {.inputs = {{}, {}}},
            {.special = {0, 1, -1, 0.5}}};
  }
};

/// y = tanh x          dx = g (1 - y^2)
struct Tanh {
  static constexpr std::string_view name = "tanh";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::tanh, x); }
  void vjp(const Inputs&, const Tensor& y, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return record(TanhBackward{}, std::move(g), y); });
  }
  static double reference(double x) { return std::tanh(x); }
  static Cases<Tanh> cases() {
    return {{.inputs = {{2, 3}}, .low = -2, .high = 2},
            {.inputs = {{}}, .low = -2, .high = 2},
            {.inputs = {{0, 3}}},
            {.special = {0, 1e-8, 1000, -1000}}};
  }
};

/// y = g s (1 - s): the gradient of s = sigmoid x as one pass.    dg = h s (1 - s), ds = h g (1 - 2 s)
struct SigmoidBackward {
  static constexpr std::string_view name = "sigmoid_backward";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(Operand g, Operand s) const {
    return kernels::binary(kernels::Binary::sigmoid_backward, g, s);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& h, Wrt& wrt) const {
    wrt(0, [&] { return record(SigmoidBackward{}, h, x[1]); });
    wrt(1, [&] { return h * x[0] * (1 - 2 * x[1]); });
  }
  static double reference(double g, double s) { return g * s * (1 - s); }
  static Cases<SigmoidBackward> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}},
            {.inputs = {{0}, {0}}},
            {.inputs = {{}, {}}},
            {.special = {0, 1, -1, 0.25}}};
  }
};

/// y = 1 / (1 + e^-x)  dx = g y (1 - y)
struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static constexpr Reads reads = Reads::output;

  Tensor forward(Operand x) const { return kernels::unary(Unary::sigmoid, x); }
  void vjp(const Inputs&, const Tensor& y, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return record(SigmoidBackward{}, std::move(g), y); });
  }
  static double reference(double x) { return 1 / (1 + std::exp(-x)); }
  static Cases<Sigmoid> cases() {
    return {{.inputs = {{2, 3}}, .low = -3, .high = 3},
            {.inputs = {{}}, .low = -3, .high = 3},
            {.inputs = {{0, 3}}},
            {.special = {0, 50, -50}}};
  }
};

/// y = erf x           dx = g 2 / sqrt(pi) e^(-x^2)
struct Erf {
  static constexpr std::string_view name = "erf";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::erf, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * (2 * std::numbers::inv_sqrtpi * exp(-square(x[0]))); });
  }
  static double reference(double x) { return std::erf(x); }
  static Cases<Erf> cases() {
    return {{.inputs = {{2, 3}}, .low = -2, .high = 2},
            {.inputs = {{}}, .low = -2, .high = 2},
            {.inputs = {{0, 3}}},
            {.special = {0, 0.5, 5, -5}}};
  }
};

/// y = |x|             dx = g sign x, 0 at 0
struct Abs {
  static constexpr std::string_view name = "abs";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::abs, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * sign(x[0]); });
  }
  static double reference(double x) { return std::abs(x); }
  static Cases<Abs> cases() {
    return {{.inputs = {{2, 3}}, .kinks = {0}},
            {.inputs = {{}}, .kinks = {0}},
            {.inputs = {{0, 3}}},
            {.special = {0, 3, -4}}};
  }
};

/// y = -1, 0 or 1      dx = 0
struct Sign {
  static constexpr std::string_view name = "sign";
  static constexpr Reads reads = Reads::nothing;

  Tensor forward(Operand x) const { return kernels::unary(Unary::sign, x); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return zeros_like(g); });
  }
  static double reference(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
  static Cases<Sign> cases() {
    return {{.inputs = {{2, 3}}, .kinks = {0}},
            {.inputs = {{}}, .kinks = {0}},
            {.inputs = {{0, 3}}},
            {.special = {0, 3, -4}}};
  }
};

}  // namespace

Tensor exp(const Tensor& x) { return record_floating(Exp{}, x); }
Tensor log(const Tensor& x) { return record_floating(Log{}, x); }
Tensor log1p(const Tensor& x) { return record_floating(Log1p{}, x); }
Tensor expm1(const Tensor& x) { return record_floating(Expm1{}, x); }
Tensor sqrt(const Tensor& x) { return record_floating(Sqrt{}, x); }
Tensor rsqrt(const Tensor& x) { return record_floating(Rsqrt{}, x); }
Tensor square(const Tensor& x) { return record(Square{}, x.dtype() == kBool ? x.to(kInt64) : x); }
Tensor reciprocal(const Tensor& x) { return record_floating(Reciprocal{}, x); }
Tensor sin(const Tensor& x) { return record_floating(Sin{}, x); }
Tensor cos(const Tensor& x) { return record_floating(Cos{}, x); }
Tensor tanh(const Tensor& x) { return record_floating(Tanh{}, x); }
Tensor sigmoid(const Tensor& x) { return record_floating(Sigmoid{}, x); }
Tensor erf(const Tensor& x) { return record_floating(Erf{}, x); }
Tensor abs(const Tensor& x) { return record(Abs{}, x); }
Tensor sign(const Tensor& x) { return x.dtype() == kBool ? x.clone() : record(Sign{}, x); }

}  // namespace xtape
