// Arithmetic of tensors: + - * / neg pow, maximum and minimum.
#include "autograd/ops/arithmetic.hpp"

#include <cmath>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Binary;
using kernels::Unary;

/// y = a + b          da = g, db = g
struct Add {
  static constexpr std::string_view name = "add";
  static constexpr bool strided = true;

  Tensor forward(Operand a, Operand b) const { return kernels::binary(Binary::add, a, b); }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return g; });
    wrt(1, [&] { return std::move(g); });
  }
  static double reference(double a, double b) { return a + b; }
  static Cases<Add> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}},
            {.inputs = {{2, 3}, {3}}},
            {.inputs = {{2, 1}, {1, 3}}},
            {.inputs = {{}, {2, 3}}},
            {.inputs = {{}, {}}},
            {.inputs = {{0, 3}, {3}}},
            {.inputs = {{2, 3}, {4}}, .error = "sizes 3 and 4 differ"},
            {.special = {0, 1e30, -1}}};
  }
};

/// y = a - b          da = g, db = -g
struct Sub {
  static constexpr std::string_view name = "sub";
  static constexpr bool strided = true;

  Tensor forward(Operand a, Operand b) const { return kernels::binary(Binary::sub, a, b); }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return g; });
    wrt(1, [&] { return -std::move(g); });
  }
  static double reference(double a, double b) { return a - b; }
  static Cases<Sub> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}},
            {.inputs = {{3}, {2, 3}}},
            {.inputs = {{2, 1}, {1, 3}}},
            {.inputs = {{2, 3}, {}}},
            {.inputs = {{}, {}}},
            {.inputs = {{0, 3}, {1, 3}}},
            {.inputs = {{2, 3}, {2}}, .error = "sizes 3 and 2 differ"},
            {.special = {0, 1e30, -1}}};
  }
};

/// y = a b            da = g b, db = g a
struct Mul {
  static constexpr std::string_view name = "mul";
  static constexpr Reads reads = Reads::others;
  static constexpr bool strided = true;

  Tensor forward(Operand a, Operand b) const { return kernels::binary(Binary::mul, a, b); }
  void vjp(const Inputs& x, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return g * x[1]; });
    wrt(1, [&] { return std::move(g) * x[0]; });
  }
  static double reference(double a, double b) { return a * b; }
  static Cases<Mul> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}},
            {.inputs = {{2, 3}, {3}}},
            {.inputs = {{2, 1}, {1, 3}}},
            {.inputs = {{}, {2, 3}}},
            {.inputs = {{}, {}}},
            {.inputs = {{2, 0}, {2, 1}}},
            {.inputs = {{2, 3}, {3, 2}}, .error = "sizes 3 and 2 differ"},
            {.special = {0, 1e30, -1}}};
  }
};

/// y = a / b          da = g / b, db = -g a / b^2
struct Div {
  static constexpr std::string_view name = "div";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(Operand a, Operand b) const { return kernels::binary(Binary::div, a, b); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g / x[1]; });
    wrt(1, [&] { return -g * (x[0] / x[1] / x[1]); });
  }
  static double reference(double a, double b) { return a / b; }
  static Cases<Div> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}, .low = 0.5, .high = 2},
            {.inputs = {{2, 3}, {3}}, .low = 0.5, .high = 2},
            {.inputs = {{3}, {2, 3}}, .low = -2, .high = -0.5},
            {.inputs = {{}, {2, 1}}, .low = 0.5, .high = 2},
            {.inputs = {{}, {}}, .low = 0.5, .high = 2},
            {.inputs = {{0}, {1}}, .low = 0.5, .high = 2},
            {.inputs = {{2}, {3}}, .error = "sizes 2 and 3 differ"},
            {.special = {0, 3, -1e30}}};
  }
};

/// y = -x
struct Neg {
  static constexpr std::string_view name = "neg";

  Tensor forward(Operand x) const { return kernels::unary(Unary::neg, x); }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return -std::move(g); });
  }
  static double reference(double x) { return -x; }
  static Cases<Neg> cases() {
    return {{.inputs = {{2, 3}}}, {.inputs = {{}}}, {.inputs = {{0, 3}}}, {.special = {0, 1, -2}}};
  }
};

/// y = a^b            da = g b a^(b-1), 0 where b = 0;   db = g y log a, 0 where a = 0 and b >= 0
struct Pow {
  static constexpr std::string_view name = "pow";
  static constexpr Reads reads = Reads::inputs_and_output;
  static constexpr bool strided = true;

  Tensor forward(Operand a, Operand b) const { return kernels::binary(Binary::pow, a, b); }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(x[1] == 0, 0, g * (x[1] * pow(x[0], x[1] - 1))); });
    wrt(1, [&] { return where(x[0] == 0 && x[1] >= 0, 0, g * (y * log(x[0]))); });
  }
  static double reference(double a, double b) { return std::pow(a, b); }
  static Cases<Pow> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}, .low = 0.5, .high = 2},
            {.inputs = {{2, 3}, {3}}, .low = 0.5, .high = 2},
            {.inputs = {{3}, {2, 1}}, .low = 0.5, .high = 2},
            {.inputs = {{}, {}}, .low = 0.5, .high = 2},
            {.inputs = {{0}, {}}, .low = 0.5, .high = 2},
            {.inputs = {{2}, {3}}, .error = "sizes 2 and 3 differ"},
            {.special = {0, 1, 2, -1, 0.5}}};
  }
};

/// Half of g for each of two equal elements.
Tensor share(const Tensor& g, const Tensor& loses, const Tensor& ties) {
  return where(loses, 0, where(ties, g / 2, g));
}

/// y = max(a, b), else min(a, b); NaN wins. The gradient goes to the one that is taken, in halves to equal
/// ones.
template <bool greatest>
struct ExtremeOfTwo {
  static constexpr std::string_view name = greatest ? "maximum" : "minimum";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(Operand a, Operand b) const {
    return kernels::binary(greatest ? Binary::maximum : Binary::minimum, a, b);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const auto loses = [](const Tensor& a, const Tensor& b) { return greatest ? a < b : a > b; };
    wrt(0, [&] { return share(g, loses(x[0], x[1]), x[0] == x[1]); });
    wrt(1, [&] { return share(g, loses(x[1], x[0]), x[0] == x[1]); });
  }
  static double reference(double a, double b) {
    return std::isnan(a) ? a : std::isnan(b) ? b : greatest ? std::max(a, b) : std::min(a, b);
  }
  static Cases<ExtremeOfTwo> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}, .distinct = true},
            {.inputs = {{2, 3}, {3}}, .distinct = true},
            {.inputs = {{}, {2}}, .distinct = true},
            {.inputs = {{0}, {}}},
            {.inputs = {{2}, {3}}, .error = "sizes 2 and 3 differ"},
            {.special = {0, 1, -2}}};
  }
};
using Maximum = ExtremeOfTwo<true>;
using Minimum = ExtremeOfTwo<false>;

void check_alpha(const Tensor& a, const Tensor& b, Scalar alpha, const char* op) {
  check(!is_floating(alpha.dtype()) || is_floating(result_type(a, b)),
        "{}: alpha is {} and the tensors are {} and {}; expected an integer, or floating-point tensors", op,
        alpha.to<double>(), a.dtype(), b.dtype());
}

}  // namespace

Tensor operator+(Operand a, Operand b) {
  if (mutation::drops_term()) return a;
  return record_promoted<Add>(a, b);
}
Tensor operator-(Operand a, Operand b) {
  if (mutation::drops_term()) return a;
  check_difference(a, b, "sub");
  return record_promoted<Sub>(a, b);
}
Tensor operator*(Operand a, Operand b) { return record_promoted<Mul>(a, b); }
Tensor operator/(Operand a, Operand b) { return record_promoted_floating<Div>(a, b); }
Tensor operator-(Operand x) {
  check(x->dtype() != kBool, "neg: a bool tensor has no negative; use logical_not");
  return record(Neg{}, x);
}

Tensor add(const Tensor& a, const Tensor& b) { return a + b; }
Tensor sub(const Tensor& a, const Tensor& b) { return a - b; }
Tensor mul(const Tensor& a, const Tensor& b) { return a * b; }
Tensor div(const Tensor& a, const Tensor& b) { return a / b; }
Tensor neg(const Tensor& x) { return -x; }
Tensor pow(const Tensor& a, const Tensor& b) {
  check(a.dtype() != kBool || b.dtype() != kBool, "pow: not defined for two bool tensors");
  return record_promoted<Pow>(a, b);
}
Tensor maximum(const Tensor& a, const Tensor& b) { return record_promoted<Maximum>(a, b); }
Tensor minimum(const Tensor& a, const Tensor& b) { return record_promoted<Minimum>(a, b); }

Tensor add(const Tensor& a, const Tensor& b, Scalar alpha) {
  check_alpha(a, b, alpha, "add");
  return a + alpha * b;
}
Tensor sub(const Tensor& a, const Tensor& b, Scalar alpha) {
  check_alpha(a, b, alpha, "sub");
  return a - alpha * b;
}

Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value) { return x + value * a * b; }
Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options) {
  return addcmul(x, a, b, options.value);
}
Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value) {
  check_floating(result_type(a, b), "addcdiv");
  return x + value * a / b;
}
Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, const AddcOptions& options) {
  return addcdiv(x, a, b, options.value);
}

namespace {

void check_lerp(const Tensor& a, const Tensor& b) {
  check_floating(a.dtype(), "lerp");
  check(a.dtype() == b.dtype(), "lerp: the tensors are {} and {}; expected one dtype", a.dtype(), b.dtype());
}

}  // namespace

// From the nearer end, so that a weight of 1 gives b itself.
Tensor lerp(const Tensor& a, const Tensor& b, Scalar weight) {
  check_lerp(a, b);
  const auto w = weight.to<double>();
  return std::abs(w) < 0.5 ? a + (b - a) * w : b - (b - a) * (1 - w);
}
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& weight) {
  check_lerp(a, b);
  check_lerp(a, weight);
  const Tensor distance = b - a;
  return where(abs(weight) < 0.5, a + distance * weight, b - distance * (1 - weight));
}

}  // namespace xtape
