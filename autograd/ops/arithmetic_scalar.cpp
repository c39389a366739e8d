// Arithmetic of a tensor and a number. The op holds the number as an attribute: no tensor is made of it, kept
// or checked, and the gradient is shorter than that of two tensors.
#include <cmath>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Binary;

/// Cases of an op of a tensor and each of some numbers.
template <class O>
Cases<O> number_cases(std::initializer_list<double> numbers) {
  Cases<O> cases;
  for (const double c : numbers) {
    cases.add({.inputs = {{2, 3}}}, {c});
    cases.add({.inputs = {{}}}, {c});
    cases.add({.inputs = {{0, 3}}}, {c});
    cases.add({.special = {0, 1e30, -1}}, {c});
  }
  return cases;
}

/// y = x + c          dx = g
struct AddScalar {
  static constexpr std::string_view name = "add_scalar";
  static constexpr bool strided = true;

  Scalar c;

  Tensor forward(Operand x) const { return kernels::binary(Binary::add, x, c); }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return std::move(g); });
  }
  double reference(double x) const { return x + c.to<double>(); }
  Attributes attributes() const { return {{"other", c}}; }
  static Cases<AddScalar> cases() { return number_cases<AddScalar>({2.5, -1, 0}); }
};

/// y = c - x          dx = -g
struct SubtractFromScalar {
  static constexpr std::string_view name = "rsub";
  static constexpr bool strided = true;

  Scalar c;

  Tensor forward(Operand x) const { return kernels::binary(Binary::sub, c, x); }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return -std::move(g); });
  }
  double reference(double x) const { return c.to<double>() - x; }
  Attributes attributes() const { return {{"other", c}}; }
  static Cases<SubtractFromScalar> cases() { return number_cases<SubtractFromScalar>({2.5, -1, 0}); }
};

/// y = c x            dx = c g
struct MulScalar {
  static constexpr std::string_view name = "mul_scalar";
  static constexpr bool strided = true;

  Scalar c;

  Tensor forward(Operand x) const { return kernels::binary(Binary::mul, x, c); }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return std::move(g) * c; });
  }
  double reference(double x) const { return x * c.to<double>(); }
  Attributes attributes() const { return {{"other", c}}; }
  static Cases<MulScalar> cases() { return number_cases<MulScalar>({2.5, -1, 0}); }
};

/// y = x / c          dx = g / c
struct DivScalar {
  static constexpr std::string_view name = "div_scalar";
  static constexpr bool strided = true;

  Scalar c;

  Tensor forward(Operand x) const { return kernels::binary(Binary::div, x, c); }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(0, [&] { return std::move(g) / c; });
  }
  double reference(double x) const { return x / c.to<double>(); }
  Attributes attributes() const { return {{"other", c}}; }
  static Cases<DivScalar> cases() { return number_cases<DivScalar>({2.5, -1}); }
};

/// y = x^c            dx = g c x^(c-1), 0 where c = 0
struct PowScalar {
  static constexpr std::string_view name = "pow_scalar";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Scalar c;

  Tensor forward(Operand x) const { return kernels::binary(Binary::pow, x, c); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const auto exponent = c.to<double>();
    wrt(0, [&] { return exponent == 0 ? zeros_like(g) : g * (exponent * pow(x[0], exponent - 1)); });
  }
  double reference(double x) const { return std::pow(x, c.to<double>()); }
  Attributes attributes() const { return {{"exponent", c}}; }
  static Cases<PowScalar> cases() {
    return Cases<PowScalar>()
        .add({.inputs = {{2, 3}}, .low = 0.5, .high = 2}, {2.5})
        .add({.inputs = {{2, 3}}}, {3})
        .add({.inputs = {{2, 3}}}, {0})
        .add({.inputs = {{}}, .low = 0.5, .high = 2}, {-1})
        .add({.inputs = {{0, 3}}}, {2})
        .add({.special = {0, 1, -2, 0.5}}, {2})
        .add({.special = {0, 1, -2, 0.5}}, {-1});
  }
};

/// Records an op of x and a number, x in the dtype that the two promote to.
template <class O>
Tensor record_number(Operand x, Scalar c) {
  const DType dtype = result_type(x, c);
  return dtype == x->dtype() ? record(O{c}, x) : record(O{c}, x->to(dtype));
}

void check_subtraction(const Tensor& x) {
  check(x.dtype() != kBool,
        "sub: a difference of bool tensors is not defined; use logical_not for an inverted mask");
}

}  // namespace

Tensor operator+(Operand a, Scalar b) {
  if (mutation::drops_term()) return a;
  return record_number<AddScalar>(a, b);
}
Tensor operator+(Scalar a, Operand b) {
  if (mutation::drops_term()) return full(b->shape(), a, {.dtype = result_type(b, a)});
  return record_number<AddScalar>(b, a);
}
Tensor operator-(Operand a, Scalar b) {
  if (mutation::drops_term()) return a;
  check_subtraction(a);
  return record_number<AddScalar>(a, -b);
}
Tensor operator-(Scalar a, Operand b) {
  if (mutation::drops_term()) return full(b->shape(), a, {.dtype = result_type(b, a)});
  check_subtraction(b);
  return record_number<SubtractFromScalar>(b, a);
}
Tensor operator*(Operand a, Scalar b) { return record_number<MulScalar>(a, b); }
Tensor operator*(Scalar a, Operand b) { return record_number<MulScalar>(b, a); }
Tensor operator/(Operand a, Scalar b) {
  const DType dtype = floating(result_type(a, b));
  return a->dtype() == dtype ? record(DivScalar{b}, a) : record(DivScalar{b}, a->to(dtype));
}
Tensor operator/(Scalar a, Operand b) { return scalar_beside(b, a) / b; }

Tensor add(const Tensor& a, Scalar b) { return a + b; }
Tensor sub(const Tensor& a, Scalar b) { return a - b; }
Tensor mul(const Tensor& a, Scalar b) { return a * b; }
Tensor div(const Tensor& a, Scalar b) { return a / b; }
Tensor pow(const Tensor& a, Scalar b) {
  check(
      is_floating(a.dtype()) || is_floating(b.dtype()) || b.to<std::int64_t>() >= 0,
      "pow: integers to the negative power {} are not integers; convert the tensor to a floating dtype first",
      b.to<std::int64_t>());
  check(a.dtype() != kBool || b.dtype() != kBool, "pow: not defined for two bool tensors");
  return record_number<PowScalar>(a, b);
}
Tensor pow(Scalar a, const Tensor& b) { return pow(scalar_beside(b, a), b); }
Tensor maximum(const Tensor& a, Scalar b) { return maximum(a, scalar_beside(a, b)); }
Tensor minimum(const Tensor& a, Scalar b) { return minimum(a, scalar_beside(a, b)); }

Tensor add(const Tensor& a, const Tensor& b, const AlphaOptions& options) { return add(a, b, options.alpha); }
Tensor sub(const Tensor& a, const Tensor& b, const AlphaOptions& options) { return sub(a, b, options.alpha); }

}  // namespace xtape
