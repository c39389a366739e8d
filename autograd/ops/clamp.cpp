// Bounds of values, each with its gradient.
#include "autograd/ops/clamp.hpp"

#include <cmath>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/kernels/map.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// y = min(max(x, low), high)     dx = g inside [low, high], 0 outside
struct Clamp {
  static constexpr std::string_view name = "clamp";
  static constexpr Reads reads = Reads::inputs;

  std::optional<Scalar> low = {};
  std::optional<Scalar> high = {};

  Tensor forward(const Tensor& x) const {
    Tensor y = x;
    if (low) y = kernels::binary(kernels::Binary::maximum, y, scalar_tensor(*low, x.dtype()));
    if (high) y = kernels::binary(kernels::Binary::minimum, y, scalar_tensor(*high, x.dtype()));
    return y;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor above = low ? x[0] >= *low : x[0] == x[0];
      return where(high ? above && x[0] <= *high : above, g, 0);
    });
  }
  double reference(double x) const {  // NaN wins, also as a bound
    const double raised = !low || !(low->to<double>() <= x) ? bounded_by(x, low) : x;
    return !high || !(high->to<double>() >= raised) ? bounded_by(raised, high) : raised;
  }
  Attributes attributes() const { return {{"min", low}, {"max", high}}; }
  static Cases<Clamp> cases() {
    return Cases<Clamp>()
        .add({.inputs = {{3, 4}}, .kinks = {-0.5, 0.5}}, Clamp{-0.5, 0.5})
        .add({.inputs = {{3, 4}}, .kinks = {0}}, Clamp{.low = 0})
        .add({.inputs = {{}}, .kinks = {0}}, Clamp{.high = 0})
        .add({.inputs = {{0, 2}}}, Clamp{-1, 1})
        .add({.special = {-1, 0, 1, 2}}, Clamp{0, 1})
        .add({.special = {-1, 0, 1, 2}}, Clamp{std::numeric_limits<double>::quiet_NaN(), 1});
  }

 private:
  static double bounded_by(double x, const std::optional<Scalar>& bound) {
    return bound && !std::isnan(x) ? bound->to<double>() : x;
  }
};

/// y = max(x, bound), else min(x, bound); NaN wins    dx = g where x is not beyond the bound, dbound
/// elsewhere
template <bool least>
struct OneBound {
  static constexpr std::string_view name = least ? "clamp_min" : "clamp_max";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Tensor forward(Operand x, Operand bound) const {
    return kernels::binary(least ? kernels::Binary::maximum : kernels::Binary::minimum, x, bound);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const auto beyond = [&] { return least ? x[0] < x[1] : x[0] > x[1]; };
    wrt(0, [&] { return where(beyond(), 0, g); });
    wrt(1, [&] { return where(beyond(), g, 0); });
  }
  static double reference(double x, double bound) {
    return std::isnan(x) ? x : std::isnan(bound) || (least ? bound > x : bound < x) ? bound : x;
  }
  static Cases<OneBound> cases() {
    return {{.inputs = {{2, 3}, {2, 3}}, .distinct = true},
            {.inputs = {{2, 3}, {3}}, .distinct = true},
            {.inputs = {{}, {2}}, .distinct = true},
            {.inputs = {{0}, {}}},
            {.inputs = {{2}, {3}}, .error = "sizes 2 and 3 differ"},
            {.special = {0, 1, -2}}};
  }
};

/// y = x, with other numbers for NaN and the infinities      dx = g where x is finite
struct NanToNum {
  static constexpr std::string_view name = "nan_to_num";
  static constexpr Reads reads = Reads::inputs;

  double nan = 0;
  std::optional<double> posinf = {};
  std::optional<double> neginf = {};

  Tensor forward(Operand x) const {
    return kernels::map(x, [this](auto v) {
      using T = decltype(v);
      if (std::isfinite(v)) return v;
      if (std::isnan(v)) return static_cast<T>(nan);
      return v > 0 ? end(posinf, std::numeric_limits<T>::max())
                   : end(neginf, std::numeric_limits<T>::lowest());
    });
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(isfinite(x[0]), g, 0); });
  }
  Attributes attributes() const {
    return {{"nan", nan}, {"posinf", number(posinf)}, {"neginf", number(neginf)}};
  }
  static Cases<NanToNum> cases() {
    return Cases<NanToNum>()
        .add({.inputs = {{2, 3}}})
        .add({.inputs = {{}}}, {1, 2, 3})
        .add({.inputs = {{0, 3}}});
  }

 private:
  template <class T>
  static T end(const std::optional<double>& given, T otherwise) {
    return given ? static_cast<T>(*given) : otherwise;
  }
  static std::optional<Scalar> number(const std::optional<double>& value) {
    return value ? std::optional<Scalar>(*value) : std::nullopt;
  }
};

}  // namespace

Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max) {
  check(min || max, "clamp: neither min nor max is given");
  DType dtype = x.dtype();
  for (const auto& bound : {min, max}) {
    if (bound && category_of(bound->dtype()) > category_of(dtype)) dtype = bound->dtype();
  }
  for (const auto& bound : {min, max}) {
    if (bound) check_holds(dtype, *bound, "clamp");
  }
  return record(Clamp{min, max}, x.to(dtype));
}
Tensor clamp(const Tensor& x, const ClampOptions& options) { return clamp(x, options.min, options.max); }
Tensor clamp(const Tensor& x, const Tensor& min, const Tensor& max) {
  // A bound takes the gradient only where it decides alone; no one takes it where there is NaN.
  const Tensor raised = where(x < min, where(min < max, min, min.detach()), x);
  const Tensor y = where(x > max || max < min, max, raised);
  const Tensor undefined = isnan(x) || isnan(min) || isnan(max);
  return any(undefined).item<bool>() ? where(undefined, std::numeric_limits<double>::quiet_NaN(), y) : y;
}

Tensor clip(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max) {
  return clamp(x, min, max);
}
Tensor clip(const Tensor& x, const ClampOptions& options) { return clamp(x, options); }
Tensor clip(const Tensor& x, const Tensor& min, const Tensor& max) { return clamp(x, min, max); }
Tensor clamp_min(const Tensor& x, Scalar min) { return clamp(x, min); }
Tensor clamp_max(const Tensor& x, Scalar max) { return clamp(x, std::nullopt, max); }
Tensor clamp_min(const Tensor& x, const Tensor& min) { return record_promoted<OneBound<true>>(x, min); }
Tensor clamp_max(const Tensor& x, const Tensor& max) { return record_promoted<OneBound<false>>(x, max); }

Tensor nan_to_num(const Tensor& x, double nan, std::optional<double> posinf, std::optional<double> neginf) {
  return x.is_floating_point() ? record(NanToNum{nan, posinf, neginf}, x) : x.clone();
}
Tensor nan_to_num(const Tensor& x, const NanToNumOptions& options) {
  return nan_to_num(x, options.nan, options.posinf, options.neginf);
}

}  // namespace xtape
