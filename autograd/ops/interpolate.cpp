// Interpolation as an op of planes {planes, height, width}, and its adjoint.
#include "autograd/ops/interpolate.hpp"

#include <cmath>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/resample.hpp"
#include "autograd/ops/detail/planes.hpp"

namespace xtape {

using namespace detail;
using namespace op;
using kernels::Resampling;

namespace {

Attributes attributes_of(const Resampling& r) {
  return {{"size", Shape(r.size)},     {"out", Shape(r.out)}, {"scale_height", r.scale[0]},
          {"scale_width", r.scale[1]}, {"linear", r.linear},  {"align_corners", r.align_corners}};
}

constexpr Resampling kNearest{.size = {2, 3}, .out = {4, 5}};
constexpr Resampling kSmaller{.size = {4, 5}, .out = {2, 3}, .linear = true};
constexpr Resampling kLinear{.size = {2, 3}, .out = {5, 6}, .scale = {2.5, 2}, .linear = true};
constexpr Resampling kAligned{.size = {3, 2}, .out = {5, 1}, .linear = true, .align_corners = true};

/// The adjoint of Interpolate.
struct InterpolateBackward {
  static constexpr std::string_view name = "interpolate_backward";

  Resampling r;

  Tensor forward(const Tensor& g) const { return kernels::resample_backward(g, r); }
  void vjp(const Inputs&, const Tensor&, const Tensor& h, Wrt& wrt) const;
  Attributes attributes() const { return attributes_of(r); }
  static Cases<InterpolateBackward> cases() {
    Cases<InterpolateBackward> cases;
    for (const Resampling& r : {kNearest, kSmaller, kLinear, kAligned})
      cases.add({.inputs = {{2, r.out[0], r.out[1]}}}, {r});
    return cases;
  }
};

/// y[o] = (1 - weight) x[first] + weight x[first + 1] along both axes
struct Interpolate {
  static constexpr std::string_view name = "interpolate";

  Resampling r;

  Tensor forward(const Tensor& x) const { return kernels::resample(x, r); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(InterpolateBackward{r}, g); });
  }
  Attributes attributes() const { return attributes_of(r); }
  static Cases<Interpolate> cases() {
    Cases<Interpolate> cases;
    for (const Resampling& r : {kNearest, kSmaller, kLinear, kAligned})
      cases.add({.inputs = {{2, r.size[0], r.size[1]}}}, {r});
    return cases.add({.inputs = {{0, 2, 3}}}, {kNearest});
  }
};

void InterpolateBackward::vjp(const Inputs&, const Tensor&, const Tensor& h, Wrt& wrt) const {
  wrt(0, [&] { return record(Interpolate{r}, h); });
}

void check_options(const Tensor& x, const InterpolateOptions& options) {
  check_floating(x.dtype(), "interpolate");
  options.mode.check_word("interpolate", "mode");
  const InterpolateMode mode = options.mode.value();
  const bool fits = mode == InterpolateMode::nearest ? x.dim() == 3 || x.dim() == 4
                                                     : x.dim() == (mode == InterpolateMode::linear ? 3 : 4);
  check(fits,
        "interpolate: mode \"{}\" does not take {}; expected {{N, C, L}} for \"nearest\" and \"linear\", "
        "{{N, C, H, W}} for \"nearest\" and \"bilinear\"",
        word_of(mode), x.shape());
  check(mode != InterpolateMode::nearest || !options.align_corners,
        "interpolate: align_corners is of the modes \"linear\" and \"bilinear\", not of \"nearest\"");
  check(options.size.empty() != options.scale_factor.empty(),
        "interpolate: expected either a size or a scale_factor, got {}",
        options.size.empty() ? "neither" : "both");
}

constexpr double kTooLarge = 1e12;  // pixels along one axis

Resampling resampling_of(const Tensor& x, const InterpolateOptions& options) {
  const int axes = static_cast<int>(x.dim()) - 2;
  Resampling r{.size = {1, 1}, .out = {1, 1}};
  r.linear = options.mode.value() != InterpolateMode::nearest;
  r.align_corners = options.align_corners.value_or(false);
  const auto& factors = options.scale_factor;
  check(factors.empty() || factors.size() == 1 || factors.size() == static_cast<std::size_t>(axes),
        "interpolate: scale_factor has {} values; expected 1 or {}", factors.size(), axes);
  const Shape out = options.size.empty() ? Shape() : options.size.values(axes, "interpolate", "size", 1);
  for (int i = 0; i < axes; ++i) {
    const std::size_t axis = axis_of_plane(axes, i);
    r.size[axis] = x.size(2 + i);
    check(r.size[axis] > 0, "interpolate: x of shape {} has no pixels", x.shape());
    if (factors.empty()) {
      r.out[axis] = out[i];
      continue;
    }
    r.scale[axis] = factors[factors.size() == 1 ? 0 : static_cast<std::size_t>(i)];
    const double scaled = std::floor(static_cast<double>(r.size[axis]) * r.scale[axis]);
    check(scaled >= 1, "interpolate: scale_factor {} leaves nothing of {}", r.scale[axis], x.shape());
    check(scaled < kTooLarge, "interpolate: scale_factor {} makes {} too large", r.scale[axis], x.shape());
    r.out[axis] = static_cast<std::int64_t>(scaled);
  }
  return r;
}

}  // namespace

Tensor interpolate(const Tensor& x, const InterpolateOptions& options) {
  check_options(x, options);
  const Resampling r = resampling_of(x, options);
  const int axes = static_cast<int>(x.dim()) - 2;
  const auto run = [&] { return from_planes(record(Interpolate{r}, as_planes(x, axes)), x, axes); };
  if (!is_traced()) [[likely]]
    return run();
  return report("interpolate", {x},
                {{"size", Shape(r.out)},
                 {"mode", word_of(options.mode.value())},
                 {"align_corners", r.align_corners},
                 {"scale_height", r.scale[0]},
                 {"scale_width", r.scale[1]}},
                run);
}

}  // namespace xtape
