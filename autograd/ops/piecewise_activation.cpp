// Activation functions made of pieces, with PyTorch's choices at their kinks.
#include "autograd/ops/piecewise_activation.hpp"

#include <algorithm>
#include <cmath>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Unary;

/// y = x limited to [low, high]      dx = g inside, 0 at the bounds and outside
struct Hardtanh {
  double low = -1;
  double high = 1;

  static constexpr std::string_view name = "hardtanh";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(const Tensor& x) const { return clamp(x, low, high); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(x[0] <= low || x[0] >= high, 0, g); });
  }
  double reference(double x) const { return std::isnan(x) ? x : std::min(std::max(x, low), high); }
  Attributes attributes() const { return {{"min_val", low}, {"max_val", high}}; }
  static Cases<Hardtanh> cases() {
    return Cases<Hardtanh>()
        .add({.inputs = {{3, 4}}, .low = -2, .high = 2, .kinks = {-1, 1}})
        .add({.inputs = {{}}, .kinks = {0}}, {0, 6})
        .add({.inputs = {{0, 3}}})
        .add({.special = {-1, -0.5, 0, 1, 3}}, {-0.5, 2});
  }
};

/// y = (x + 3) / 6, limited to [0, 1]      dx = g / 6 where -3 < x < 3
struct Hardsigmoid {
  static constexpr std::string_view name = "hardsigmoid";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::hardsigmoid, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(x[0] > -3 && x[0] < 3, g / 6, 0); });
  }
  static double reference(double x) { return std::isnan(x) ? x : std::clamp((x + 3) / 6, 0.0, 1.0); }
  static Cases<Hardsigmoid> cases() {
    return {{.inputs = {{3, 4}}, .low = -5, .high = 5, .kinks = {-3, 3}},
            {.inputs = {{}}},
            {.inputs = {{0, 3}}},
            {.special = {0, -3, 3, -5, 5}}};
  }
};

/// y = x (x + 3) / 6, 0 below -3 and x above 3      dx = g (x / 3 + 1 / 2) between
struct Hardswish {
  static constexpr std::string_view name = "hardswish";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(Operand x) const { return kernels::unary(Unary::hardswish, x); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return where(x[0] <= -3, 0, where(x[0] < 3, g * (x[0] / 3 + 0.5), g)); });
  }
  static double reference(double x) { return std::isnan(x) ? x : x * std::clamp(x + 3, 0.0, 6.0) / 6; }
  static Cases<Hardswish> cases() {
    return {{.inputs = {{3, 4}}, .low = -5, .high = 5, .kinks = {-3, 3}},
            {.inputs = {{}}},
            {.inputs = {{0, 3}}},
            {.special = {0, -3, 3, -5, 5}}};
  }
};

/// The weight as it broadcasts to x: its elements along dim 1.
Tensor along_channels(const Tensor& weight, const Tensor& x) {
  check_floating(x.dtype(), "prelu");
  check(weight.dtype() == x.dtype(), "prelu: the weight is {}, the input {}; expected one dtype",
        weight.dtype(), x.dtype());
  check(weight.dim() <= 1, "prelu: the weight has shape {}; expected one dim", weight.shape());
  if (weight.numel() == 1) return reshape(weight, {});
  const std::int64_t channels = x.dim() > 1 ? x.size(1) : 1;
  check(weight.numel() == channels,
        "prelu: the weight has {} elements, and an input of shape {} has {} channel(s)", weight.numel(),
        x.shape(), channels);
  Shape shape = Shape::filled(static_cast<int>(x.dim()), 1);
  shape[1] = channels;
  return reshape(weight, shape);
}

}  // namespace

Tensor hardtanh(const Tensor& x, double min_val, double max_val) {
  check(x.dtype() != kBool, "hardtanh: not defined for a bool tensor");
  if (x.is_floating_point()) return record(Hardtanh{min_val, max_val}, x);
  check(x.dtype() != kUInt8 || (min_val >= 0 && max_val >= 0),
        "hardtanh: uint8 numbers have no bounds below 0, as {} and {}", min_val, max_val);
  return clamp(x, static_cast<std::int64_t>(min_val), static_cast<std::int64_t>(max_val));
}
Tensor relu6(const Tensor& x) { return hardtanh(x, 0, 6); }
Tensor hardsigmoid(const Tensor& x) { return record_real(Hardsigmoid{}, x); }
Tensor hardswish(const Tensor& x) { return record_real(Hardswish{}, x); }
Tensor prelu(const Tensor& x, const Tensor& weight) {
  if (is_traced()) [[unlikely]]
    return report("prelu", {x, weight}, {}, [&] { return prelu(x, weight); });
  const Tensor slope = along_channels(weight, x);
  return where(x > 0, x, slope * x);
}
Tensor hardtanh(const Tensor& x, const HardtanhOptions& options) {
  return options.inplace ? hardtanh_(x, options.min_val, options.max_val)
                         : hardtanh(x, options.min_val, options.max_val);
}

}  // namespace xtape
