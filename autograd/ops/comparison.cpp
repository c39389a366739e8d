// Comparisons, logic and what chooses by them: where, masked_fill, isnan, allclose.
#include "autograd/ops/comparison.hpp"

#include <cmath>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/bitwise.hpp"
#include "autograd/kernels/comparison.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Comparison;

template <Comparison kind>
struct Compare {
  static constexpr std::array<std::string_view, 6> names{"eq", "ne", "lt", "le", "gt", "ge"};
  static constexpr std::string_view name = names[static_cast<std::size_t>(kind)];
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const { return kernels::compare(kind, a, b); }
  static double reference(double a, double b) {
    if constexpr (kind == Comparison::eq) return a == b;
    if constexpr (kind == Comparison::ne) return a != b;
    if constexpr (kind == Comparison::lt) return a < b;
    if constexpr (kind == Comparison::le) return a <= b;
    if constexpr (kind == Comparison::gt) return a > b;
    return a >= b;
  }
  static Cases<Compare> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}}, {.inputs = {{2, 1}, {3}}},
            {.inputs = {{}, {2}}},        {.inputs = {{0}, {1}}},
            {.special = {0, 1, -1}},      {.inputs = {{2}, {3}}, .error = "sizes 2 and 3 differ"}};
  }
};

struct LogicalAnd {
  static constexpr std::string_view name = "logical_and";
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    return kernels::bitwise(kernels::Bits::and_, a.to(kBool), b.to(kBool));
  }
  static double reference(double a, double b) { return a != 0 && b != 0; }
  static Cases<LogicalAnd> cases() { return {{.inputs = {{2, 3}, {3}}}, {.special = {0, 1, -1}}}; }
};

struct LogicalOr {
  static constexpr std::string_view name = "logical_or";
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    return kernels::bitwise(kernels::Bits::or_, a.to(kBool), b.to(kBool));
  }
  static double reference(double a, double b) { return a != 0 || b != 0; }
  static Cases<LogicalOr> cases() { return {{.inputs = {{2, 3}, {3}}}, {.special = {0, 1, -1}}}; }
};

template <kernels::Classify kind>
struct Classify {
  static constexpr std::array<std::string_view, 3> names{"isnan", "isinf", "isfinite"};
  static constexpr std::string_view name = names[static_cast<std::size_t>(kind)];

  Tensor forward(const Tensor& x) const { return kernels::classify(kind, x); }
  static double reference(double x) {
    if constexpr (kind == kernels::Classify::nan) return std::isnan(x);
    if constexpr (kind == kernels::Classify::inf) return std::isinf(x);
    return std::isfinite(x);
  }
  static Cases<Classify> cases() { return {{.inputs = {{2, 3}}}, {.inputs = {{0}}}, {.special = {0, 1}}}; }
};

/// y = a where the condition holds, else b
struct Where {
  static constexpr std::string_view name = "where";
  static constexpr Reads reads = Reads::input0;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& condition, const Tensor& a, const Tensor& b) const {
    return kernels::where(condition, a, b);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(1, [&] { return where(x[0], g, 0); });
    wrt(2, [&] { return where(x[0], 0, g); });
  }
  static double reference(double condition, double a, double b) { return condition != 0 ? a : b; }
  static Cases<Where> cases() {
    const auto mask = [](std::vector<bool> bits, Shape shape) { return from_vector(bits, shape); };
    const TensorOptions f64{.dtype = kFloat64};
    return Cases<Where>()
        .add(
            {.make =
                 [=] {
                   return std::vector{mask({true, false, true}, {3}), randn({2, 3}, f64), randn({2, 3}, f64)};
                 }})
        .add({.make =
                  [=] {
                    return std::vector{mask({true, false}, {2, 1}), randn({3}, f64), randn({}, f64)};
                  }})
        .add({.make =
                  [=] {
                    return std::vector{mask({false}, {}), randn({}, f64), randn({}, f64)};
                  }})
        .add({.make =
                  [=] {
                    return std::vector{mask({}, {0}), randn({0}, f64), randn({1}, f64)};
                  }})
        .add({.make =
                  [=] {
                    return std::vector{mask({true, true}, {2}), randn({3}, f64), randn({3}, f64)};
                  },
              .error = "sizes 2 and 3 differ"});
  }
};

template <Comparison kind>
Tensor compare(const Tensor& a, const Tensor& b) {
  const DType dtype = result_type(a, b);
  if (a.shape() != b.shape()) broadcast_shapes(a.shape(), b.shape(), Compare<kind>::name.data());
  return record(Compare<kind>{}, a.to(dtype), b.to(dtype));
}

template <Comparison kind>
Tensor compare(const Tensor& a, Scalar b) {
  return compare<kind>(a, scalar_tensor(b, result_type(a, b)));
}

/// Integers hold no NaN and no Inf.
template <kernels::Classify kind>
Tensor classify(const Tensor& x) {
  if (x.is_floating_point()) return record(Classify<kind>{}, x);
  return full(x.shape(), kind == kernels::Classify::finite);
}

}  // namespace

Tensor eq(const Tensor& a, const Tensor& b) { return compare<Comparison::eq>(a, b); }
Tensor ne(const Tensor& a, const Tensor& b) { return compare<Comparison::ne>(a, b); }
Tensor lt(const Tensor& a, const Tensor& b) { return compare<Comparison::lt>(a, b); }
Tensor le(const Tensor& a, const Tensor& b) { return compare<Comparison::le>(a, b); }
Tensor gt(const Tensor& a, const Tensor& b) { return compare<Comparison::gt>(a, b); }
Tensor ge(const Tensor& a, const Tensor& b) { return compare<Comparison::ge>(a, b); }
Tensor eq(const Tensor& a, Scalar b) { return compare<Comparison::eq>(a, b); }
Tensor ne(const Tensor& a, Scalar b) { return compare<Comparison::ne>(a, b); }
Tensor lt(const Tensor& a, Scalar b) { return compare<Comparison::lt>(a, b); }
Tensor le(const Tensor& a, Scalar b) { return compare<Comparison::le>(a, b); }
Tensor gt(const Tensor& a, Scalar b) { return compare<Comparison::gt>(a, b); }
Tensor ge(const Tensor& a, Scalar b) { return compare<Comparison::ge>(a, b); }
Tensor operator==(const Tensor& a, const Tensor& b) { return eq(a, b); }
Tensor operator!=(const Tensor& a, const Tensor& b) { return ne(a, b); }
Tensor operator<(const Tensor& a, const Tensor& b) { return lt(a, b); }
Tensor operator<=(const Tensor& a, const Tensor& b) { return le(a, b); }
Tensor operator>(const Tensor& a, const Tensor& b) { return gt(a, b); }
Tensor operator>=(const Tensor& a, const Tensor& b) { return ge(a, b); }
Tensor operator==(const Tensor& a, Scalar b) { return eq(a, b); }
Tensor operator!=(const Tensor& a, Scalar b) { return ne(a, b); }
Tensor operator<(const Tensor& a, Scalar b) { return lt(a, b); }
Tensor operator<=(const Tensor& a, Scalar b) { return le(a, b); }
Tensor operator>(const Tensor& a, Scalar b) { return gt(a, b); }
Tensor operator>=(const Tensor& a, Scalar b) { return ge(a, b); }
Tensor operator==(Scalar a, const Tensor& b) { return eq(b, a); }
Tensor operator!=(Scalar a, const Tensor& b) { return ne(b, a); }
Tensor operator<(Scalar a, const Tensor& b) { return gt(b, a); }
Tensor operator<=(Scalar a, const Tensor& b) { return ge(b, a); }
Tensor operator>(Scalar a, const Tensor& b) { return lt(b, a); }
Tensor operator>=(Scalar a, const Tensor& b) { return le(b, a); }

Tensor logical_and(const Tensor& a, const Tensor& b) { return record(LogicalAnd{}, a, b); }
Tensor logical_or(const Tensor& a, const Tensor& b) { return record(LogicalOr{}, a, b); }
Tensor logical_xor(const Tensor& a, const Tensor& b) { return ne(a.to(kBool), b.to(kBool)); }
Tensor logical_not(const Tensor& x) { return eq(x, false); }
Tensor operator&&(const Tensor& a, const Tensor& b) { return logical_and(a, b); }
Tensor operator||(const Tensor& a, const Tensor& b) { return logical_or(a, b); }
Tensor operator!(const Tensor& x) { return logical_not(x); }

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  check(condition.dtype() == kBool || condition.dtype() == kUInt8,
        "where: the condition is {}; expected bool, as comparisons give", condition.dtype());
  const DType dtype = result_type(a, b);
  return record(Where{}, condition.to(kBool), a.to(dtype), b.to(dtype));
}
Tensor where(const Tensor& condition, const Tensor& a, Scalar b) {
  return where(condition, a, full({}, b, {.dtype = result_type(a, b)}));
}
Tensor where(const Tensor& condition, Scalar a, const Tensor& b) {
  return where(condition, full({}, a, {.dtype = result_type(b, a)}), b);
}
Tensor where(const Tensor& condition, Scalar a, Scalar b) {
  const DType dtype = promote(a.dtype(), b.dtype());
  return where(condition, scalar_tensor(a, dtype), scalar_tensor(b, dtype));
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, const Tensor& value) {
  check(value.dim() == 0, "masked_fill: the value has shape {}; expected a 0-d tensor", value.shape());
  check(mask.dtype() == kBool, "masked_fill: the mask is {}; expected bool", mask.dtype());
  check(broadcasts_to(mask.shape(), x.shape()), "masked_fill: the mask of shape {} does not broadcast to {}",
        mask.shape(), x.shape());
  return where(mask, value.to(x.dtype()), x);
}
Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value) {
  check_holds(x.dtype(), value, "masked_fill");
  return masked_fill(x, mask, scalar_tensor(value, x.dtype()));
}

Tensor isnan(const Tensor& x) { return classify<kernels::Classify::nan>(x); }
Tensor isinf(const Tensor& x) { return classify<kernels::Classify::inf>(x); }
Tensor isfinite(const Tensor& x) { return classify<kernels::Classify::finite>(x); }

namespace {

/// |p - q| <= atol + rtol |q|, of integers without a rounding of their difference.
template <class T>
bool is_close(T p, T q, double rtol, double atol, bool equal_nan) {
  if constexpr (std::is_floating_point_v<T>) {
    if (p == q || (equal_nan && std::isnan(p) && std::isnan(q))) return true;
    return std::isfinite(p) && std::isfinite(q) && std::abs(p - q) <= atol + rtol * std::abs(q);
  } else {
    const auto a = static_cast<std::uint64_t>(p), b = static_cast<std::uint64_t>(q);
    const std::uint64_t distance = p > q ? a - b : b - a;
    return distance == 0 || static_cast<double>(distance) <= atol + rtol * std::abs(static_cast<double>(q));
  }
}

/// The mask of is_close, of elements read as T.
template <class T>
Tensor close_mask(const Tensor& a, const Tensor& b, const AllcloseOptions& options, const char* op) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), op);
  const std::vector<T> p = a.detach().expand(shape).to_vector<T>(),
                       q = b.detach().expand(shape).to_vector<T>();
  const Tensor mask = make_tensor(shape, kBool);
  for (std::size_t i = 0; i < p.size(); ++i) {
    mask.data<bool>()[i] = is_close(p[i], q[i], options.rtol, options.atol, options.equal_nan);
  }
  return mask;
}

Tensor close_mask(const Tensor& a, const Tensor& b, const AllcloseOptions& options, const char* op) {
  const NoGradGuard no_grad;
  const bool real = a.is_floating_point() || b.is_floating_point();
  return real ? close_mask<double>(a, b, options, op) : close_mask<std::int64_t>(a, b, options, op);
}

}  // namespace

Tensor isclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) {
  return isclose(a, b, {rtol, atol, equal_nan});
}
Tensor isclose(const Tensor& a, const Tensor& b, const AllcloseOptions& options) {
  check(a.dtype() == b.dtype(), "isclose: the tensors are {} and {}; expected one dtype", a.dtype(),
        b.dtype());
  return close_mask(a, b, options, "isclose");
}
bool allclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) {
  return allclose(a, b, {rtol, atol, equal_nan});
}
bool allclose(const Tensor& a, const Tensor& b, const AllcloseOptions& options) {
  return all(close_mask(a, b, options, "allclose")).item<bool>();
}

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && all(eq(a.detach(), b.detach())).item<bool>();
}

}  // namespace xtape
