// Resize and Upsample: each axis by itself, as a product with a matrix that holds the weights of all places.
#include <algorithm>
#include <cmath>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// How places of the result are found in the input, and what is taken there.
struct Resampling {
  std::string mode, transformation, nearest;
  double cubic = -0.75;
  bool leaves_out_outside = false;
  double outside = 0;
};

struct Axis {
  std::int64_t size, result;
  double scale;
  double start = 0, end = 1;  // of the part that tf_crop_and_resize takes

  /// The place in the input of place i of the result.
  double place(const Resampling& how, std::int64_t i) const {
    const double x = static_cast<double>(i), length = static_cast<double>(size) * scale;
    const std::string& by = how.transformation;
    if (by == "asymmetric") return x / scale;
    if (by == "tf_half_pixel_for_nn") return (x + 0.5) / scale;
    if (by == "align_corners") return length == 1 ? 0 : x * static_cast<double>(size - 1) / (length - 1);
    if (by == "pytorch_half_pixel" && result <= 1) return 0;
    if (by == "tf_crop_and_resize") {
      const double last = static_cast<double>(size - 1);
      return result > 1 ? start * last + x * (end - start) * last / static_cast<double>(result - 1)
                        : (start + end) * last / 2;
    }
    check(by == "half_pixel" || by == "pytorch_half_pixel",
          "the coordinate transformation \"{}\" is not known", by);
    return (x + 0.5) / scale - 0.5;
  }
  bool is_outside(double place) const { return place < 0 || place > static_cast<double>(size - 1); }
};

double nearest_place(double place, const std::string& mode) {
  if (mode == "round_prefer_floor") return std::ceil(place - 0.5);
  if (mode == "round_prefer_ceil") return std::floor(place + 0.5);
  if (mode == "floor") return std::floor(place);
  check(mode == "ceil", "the nearest mode \"{}\" is not known", mode);
  return std::ceil(place);
}

/// The weights of the elements from the first on.
struct Taps {
  double first;
  std::vector<double> weights;
};
Taps taps_at(double place, const Resampling& how) {
  if (how.mode == "nearest") return {nearest_place(place, how.nearest), {1}};
  const double left = std::floor(place), t = place - left, a = how.cubic;
  if (how.mode == "linear") return {left, {1 - t, t}};
  check(how.mode == "cubic", "the mode is \"{}\"; expected nearest, linear or cubic", how.mode);
  const auto far = [a](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  const auto near = [a](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  return {left - 1, {far(t + 1), near(t), near(1 - t), far(2 - t)}};
}

/// {result, size}: row i holds the weights of the elements that place i of the result is made of.
Tensor weights_of(const Axis& axis, const Resampling& how, DType dtype) {
  const Tensor matrix = zeros({axis.result, axis.size}, {.dtype = kFloat64});
  const auto at = matrix.accessor<double, 2>();
  const double last = static_cast<double>(axis.size - 1);
  for (std::int64_t i = 0; i < axis.result; ++i) {
    const double place = axis.place(how, i);
    check(std::isfinite(place),
          "place {} of the result is at {} of the input; expected finite scales and parts", i, place);
    Taps taps = taps_at(place, how);
    double sum = 0;
    for (std::size_t k = 0; k < taps.weights.size(); ++k) {
      const double element = taps.first + static_cast<double>(k);
      if (how.leaves_out_outside && axis.is_outside(element)) taps.weights[k] = 0;
      sum += taps.weights[k];
    }
    for (std::size_t k = 0; k < taps.weights.size(); ++k) {
      const double element = std::clamp(taps.first + static_cast<double>(k), 0.0, last);
      at[i][static_cast<std::int64_t>(element)] +=
          how.leaves_out_outside ? taps.weights[k] / sum : taps.weights[k];
    }
  }
  return matrix.to(dtype);
}

Tensor resampled(const Tensor& x, int dim, const Axis& axis, const Resampling& how) {
  check(axis.size > 0 && axis.result >= 0 && axis.result <= 1 << 24 && axis.scale > 0,
        "cannot make size {} of {}", axis.result, axis.size);
  check(axis.size <= 1 << 24 && axis.result * axis.size <= std::int64_t{1} << 32, "makes size {} of {}",
        axis.result, axis.size);
  const Tensor rows = transpose(x, dim, static_cast<int>(x.dim()) - 1);
  Tensor y = matmul(rows, t(weights_of(axis, how, x.dtype())));
  if (how.transformation == "tf_crop_and_resize") {
    std::vector<std::uint8_t> is_outside(static_cast<std::size_t>(axis.result));
    for (std::int64_t i = 0; i < axis.result; ++i)
      is_outside[static_cast<std::size_t>(i)] = axis.is_outside(axis.place(how, i));
    y = masked_fill(y, from_vector(is_outside, {axis.result}).to(kBool), how.outside);
  }
  return transpose(y, dim, static_cast<int>(x.dim()) - 1);
}

/// The scales or sizes, for all axes or those that the node names.
Results resized(const Call& call, const std::vector<double>& scales, const std::vector<std::int64_t>& sizes,
                const Resampling& how) {
  const Tensor& x = call[0];
  check(x.is_floating_point(), "resizes {}; expected floats", x.dtype());
  std::vector<std::int64_t> given = call.attributes().integers("axes");
  if (given.empty())
    for (std::int64_t dim = 0; dim < x.dim(); ++dim) given.push_back(dim);
  const std::vector<int> axes = axes_of(given, x.dim());
  check(scales.size() == axes.size() || sizes.size() == axes.size(), "has {} scales and {} sizes for {} axes",
        scales.size(), sizes.size(), axes.size());
  const bool is_crop = how.transformation == "tf_crop_and_resize";
  const std::vector<double> roi = is_crop ? call[1].to_vector<double>() : std::vector<double>();
  check(!is_crop || roi.size() == 2 * axes.size(), "the roi has {} numbers for {} axes", roi.size(),
        axes.size());

  Tensor y = x;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t size = x.size(axes[i]);
    Axis axis{size, size, 1};
    if (sizes.empty()) {
      const double result = std::floor(static_cast<double>(size) * scales[i]);
      check(result >= 0 && result <= 1 << 24, "the scale is {}", scales[i]);
      axis.scale = scales[i];
      axis.result = static_cast<std::int64_t>(result);
    } else {
      axis.result = sizes[i];
      axis.scale = static_cast<double>(sizes[i]) / static_cast<double>(size);
    }
    if (is_crop) {
      axis.start = roi[i];
      axis.end = roi[i + axes.size()];
    } else if (axis.result == size && axis.scale == 1) {
      continue;
    }
    y = resampled(y, axes[i], axis, how);
  }
  return y;
}

Results resize(const Call& call) {
  if (call.opset() < 11)
    return resized(call, call[1].to_vector<double>(), {},
                   {call.text("mode", "nearest"), "asymmetric", "floor"});
  check(call.integer("antialias", 0) == 0, "antialias is not computed");
  check(call.text("keep_aspect_ratio_policy", "stretch") == "stretch",
        "only the aspect ratio policy stretch is computed");
  const bool has_scales = call.has(2) && call[2].numel() > 0;
  return resized(call, has_scales ? call[2].to_vector<double>() : std::vector<double>(),
                 has_scales ? std::vector<std::int64_t>() : call.integers(3),
                 {.mode = call.text("mode", "nearest"),
                  .transformation = call.text("coordinate_transformation_mode", "half_pixel"),
                  .nearest = call.text("nearest_mode", "round_prefer_floor"),
                  .cubic = call.number("cubic_coeff_a", -0.75),
                  .leaves_out_outside = call.integer("exclude_outside", 0) != 0,
                  .outside = call.number("extrapolation_value", 0)});
}

Results upsample(const Call& call) {
  const std::vector<double> scales =
      call.has(1) ? call[1].to_vector<double>() : call.attributes().numbers("scales");
  const std::string mode = call.text("mode", "nearest");
  return resized(call, scales, {}, {mode == "bilinear" ? "linear" : mode, "asymmetric", "floor"});
}

}  // namespace

Operators image_operators() {
  return {{"Resize", 10, resize, "neither antialias nor keep_aspect_ratio_policy", {1, 2}},
          {"Upsample", 7, upsample, "", {1}}};
}

}  // namespace xtape::onnx::detail
