// Convolutions, pooling, and images of other sizes.
#include <algorithm>
#include <cmath>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

/// As many as the image has axes: PyTorch takes one number for all.
List for_axes(List values, std::size_t axes) {
  if (values.size() == 1) values.resize(axes, values[0]);
  return values;
}

/// The axes of the image that a weight {filters, channels, kernel...} is moved over.
std::size_t axes_of_weight(Call& c) { return static_cast<std::size_t>(c.dim(1) - 2); }

/// Runs a node of {N, C, image...} on x, which may have no batch.
template <class Run>
std::string of_batch(Call& c, std::size_t axes, const Run& run) {
  const bool is_batch = c.dim() == static_cast<int>(axes) + 2;
  const std::string y = run(is_batch ? c.in() : c.unsqueezed(c.in(), {0}));
  return is_batch ? y : c.squeezed(y, {0});
}

List twice(List padding) {  // before each axis, then behind each
  padding.insert(padding.end(), padding.begin(), padding.begin() + std::ssize(padding));
  return padding;
}

/// The op behind convolutions gives a size, which may differ from what equal padding on both sides gives:
/// what lies behind an axis follows from it.
List op_pads(Call& c, const List& dilation) {
  const List stride = c.list("stride"), size = c.list("size");
  const Shape weight = c.shape(1), x = c.shape();
  List pads = twice(c.list("padding"));
  for (std::size_t i = 0; i < 2; ++i) {
    const int axis = static_cast<int>(i) + 2;
    const std::int64_t reach = dilation[i] * (weight[axis] - 1) + 1;
    const std::int64_t read = (size[i] - 1) * stride[i] + reach, there = pads[i] + x[axis];
    c.require(there - read < stride[i], "its size has no form");
    pads[i + 2] = std::max<std::int64_t>(read - there, 0);
  }
  return pads;
}

/// The padding of a convolution; "same" adds the odd one behind, as PyTorch does.
List conv_pads(Call& c, const List& dilation) {
  if (c.is_given("size")) return op_pads(c, dilation);
  const std::size_t axes = axes_of_weight(c);
  if (!c.is_word("padding")) return twice(for_axes(c.list("padding"), axes));
  List pads(2 * axes);
  if (c.word("padding") == "valid") return pads;
  const Shape weight = c.shape(1);
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t total = dilation[i] * (weight[static_cast<int>(i) + 2] - 1);
    pads[i] = total / 2;
    pads[axes + i] = total - total / 2;
  }
  return pads;
}

Names conv(Call& c) {
  const std::size_t axes = axes_of_weight(c);
  const List dilation = for_axes(c.list("dilation"), axes);
  const NodeAttributes attributes{{"strides", for_axes(c.list("stride"), axes)},
                                  {"pads", conv_pads(c, dilation)},
                                  {"dilations", dilation},
                                  {"group", c.integer("groups")}};
  return {of_batch(c, axes, [&](const std::string& x) {
    return c.node("Conv", {x, c.in(1), c.in(2)}, attributes);
  })};
}

Names conv_transpose(Call& c) {
  const std::size_t axes = axes_of_weight(c);
  const NodeAttributes attributes{{"strides", for_axes(c.list("stride"), axes)},
                                  {"pads", twice(for_axes(c.list("padding"), axes))},
                                  {"output_padding", for_axes(c.list("output_padding"), axes)},
                                  {"dilations", for_axes(c.list("dilation"), axes)},
                                  {"group", c.integer("groups")}};
  return {of_batch(c, axes, [&](const std::string& x) {
    return c.node("ConvTranspose", {x, c.in(1), c.in(2)}, attributes);
  })};
}

/// The op behind a transposed convolution: its size says what the padding leaves open.
Names convolution_input(Call& c) {
  const List stride = c.list("stride"), padding = c.list("padding"), dilation = c.list("dilation"),
             size = c.list("size");
  const Shape weight = c.shape(1), g = c.shape();
  List extra;
  for (std::size_t i = 0; i < 2; ++i) {
    const int axis = static_cast<int>(i) + 2;
    extra.push_back(size[i] -
                    ((g[axis] - 1) * stride[i] - 2 * padding[i] + dilation[i] * (weight[axis] - 1) + 1));
    c.require(extra[i] >= 0 && extra[i] < std::max(stride[i], dilation[i]), "its size has no form");
  }
  return {c.node("ConvTranspose", {c.in(), c.in(1)},
                 {{"strides", stride},
                  {"pads", twice(padding)},
                  {"output_padding", extra},
                  {"dilations", dilation},
                  {"group", c.integer("groups")}})};
}

/// How windows run over the axes of an image.
struct Windows {
  List kernel, stride, padding, dilation;
  bool ceil_mode = false;

  std::size_t axes() const { return kernel.size(); }
  std::int64_t reach(std::size_t axis) const { return dilation[axis] * (kernel[axis] - 1) + 1; }
};

/// The axes of the image that a function such as max_pool2d works on.
std::size_t axes_of_name(std::string_view name) { return name.find("1d") != std::string_view::npos ? 1 : 2; }

Windows windows_of(Call& c) {
  const std::size_t axes = axes_of_name(c.op());
  const List one(axes, 1), kernel = for_axes(c.list("kernel_size"), axes);
  return {kernel, for_axes(c.list("stride"), axes), for_axes(c.list("padding"), axes),
          c.is_given("dilation") ? for_axes(c.list("dilation"), axes) : one, c.flag("ceil_mode")};
}

/// How far the last window reaches beyond the padding of each axis: ceil_mode is written as padding behind,
/// since what runtimes make of their own ceil_mode differs.
List pads_of(Call& c, const Windows& w) {
  List pads = twice(w.padding);
  if (!w.ceil_mode) return pads;
  const Sizes in = c.sizes(), out = c.out_sizes();
  for (std::size_t i = 0; i < w.axes(); ++i) {
    const std::size_t axis = in.size() - w.axes() + i;
    const auto beyond = [&](std::int64_t size, std::int64_t count) {
      return std::max<std::int64_t>(0, (count - 1) * w.stride[i] + w.reach(i) - size - 2 * w.padding[i]);
    };
    const Size more{beyond(in[axis].first, out[axis].first), beyond(in[axis].second, out[axis].second)};
    c.require(more.is_fixed(), "ceil_mode of an image whose size is left open has no form");
    pads[w.axes() + i] += more.first;
  }
  return pads;
}

Names max_pool(Call& c) {
  const Windows w = windows_of(c);
  const NodeAttributes attributes{
      {"kernel_shape", w.kernel}, {"strides", w.stride}, {"pads", pads_of(c, w)}, {"dilations", w.dilation}};
  return {of_batch(c, w.axes(), [&](const std::string& x) { return c.node("MaxPool", {x}, attributes); })};
}

Names avg_pool(Call& c) {
  const Windows w = windows_of(c);
  const List pads = pads_of(c, w);
  const bool counts_padding = c.flag("count_include_pad");
  const bool reaches_beyond = pads != twice(w.padding);
  const bool is_padded = std::ranges::any_of(pads, [](std::int64_t n) { return n != 0; });
  c.require(!reaches_beyond || !counts_padding ||
                !std::ranges::any_of(w.padding, [](std::int64_t n) { return n != 0; }),
            "windows that reach beyond a padding that counts have no form");
  const std::int64_t counts = counts_padding && !reaches_beyond;
  const NodeAttributes attributes{
      {"kernel_shape", w.kernel}, {"strides", w.stride}, {"pads", pads}, {"count_include_pad", counts}};
  std::string y =
      of_batch(c, w.axes(), [&](const std::string& x) { return c.node("AveragePool", {x}, attributes); });
  if (!c.is_given("divisor_override")) return {y};
  c.require(!is_padded || counts, "divisor_override beside a padding that does not count has no form");
  double count = 1;
  for (const std::int64_t k : w.kernel) count *= static_cast<double>(k);
  return {c.node("Mul", {y, c.scalar(count / c.number("divisor_override"))})};
}

/// Of the whole image, or of windows of one size where the image falls into such.
Names adaptive_pool(Call& c, std::string_view global, std::string_view type) {
  const std::size_t axes = axes_of_name(c.op());
  const Sizes in = c.sizes(), out = c.out_sizes();
  const auto axis = [&](std::size_t i) { return in.size() - axes + i; };
  bool is_global = true;
  for (std::size_t i = 0; i < axes; ++i) is_global = is_global && out[axis(i)] == Size{1, 1};
  if (is_global) return {of_batch(c, axes, [&](const std::string& x) { return c.node(global, {x}); })};
  List kernel;
  for (std::size_t i = 0; i < axes; ++i) {
    const Size from = in[axis(i)], to = out[axis(i)];
    c.require(
        from.is_fixed() && to.is_fixed() && from.first % to.first == 0,
        fmt::format("windows of different sizes, as {} to {} needs, have no form", from.first, to.first));
    kernel.push_back(from.first / to.first);
  }
  return {of_batch(c, axes, [&](const std::string& x) {
    return c.node(type, {x}, {{"kernel_shape", kernel}, {"strides", kernel}});
  })};
}

/// The ops behind the functions, of planes {planes, height, width}.
Windows plane_windows(Call& c) {
  const Windows w{c.list("kernel"), c.list("stride"), c.list("padding"), c.list("dilation"), true};
  c.require(w.kernel[0] > 0 && w.kernel[1] > 0, "adaptive pooling has a form as the function alone");
  return w;
}
Names pool_of_planes(Call& c, std::string_view type) {
  const Windows w = plane_windows(c);
  NodeAttributes attributes{{"kernel_shape", w.kernel}, {"strides", w.stride}, {"pads", pads_of(c, w)}};
  if (type == "MaxPool") {
    attributes.push_back({"dilations", w.dilation});
  } else {
    const bool beyond = pads_of(c, w) != twice(w.padding);
    c.require(c.number("divisor") == 0, "divisor_override has a form as the function alone");
    c.require(!beyond || w.padding == List{0, 0}, "windows that reach beyond the padding have no form");
    attributes.push_back({"count_include_pad", std::int64_t{c.flag("count_include_pad") && !beyond}});
  }
  return {c.squeezed(c.node(type, {c.unsqueezed(c.in(), {1})}, attributes), {1})};
}

/// ONNX counts places over all planes.
Names places_of_max(Call& c) {
  const Windows w = plane_windows(c);
  const Names all = c.nodes(
      "MaxPool", {c.unsqueezed(c.in(), {1})},
      {{"kernel_shape", w.kernel}, {"strides", w.stride}, {"pads", pads_of(c, w)}, {"dilations", w.dilation}},
      2);
  const Shape shape = c.shape();
  return {
      c.node("Mod", {c.squeezed(all[1], {1}), c.constant(full({}, shape[1] * shape[2], {.dtype = kInt64}))})};
}

/// Resize by factors where they were given (0 where not), else to the sizes that the result has.
std::string resized(Call& c, const std::string& x, bool is_nearest, bool aligned, std::vector<double> factors,
                    const Sizes& sizes) {
  const NodeAttributes attributes{{"mode", std::string(is_nearest ? "nearest" : "linear")},
                                  {"coordinate_transformation_mode", std::string(is_nearest ? "asymmetric"
                                                                                 : aligned  ? "align_corners"
                                                                                            : "half_pixel")},
                                  {"nearest_mode", std::string(is_nearest ? "floor" : "round_prefer_floor")}};
  if (aligned || factors[0] == 0) return c.node("Resize", {x, "", "", c.size_list(sizes)}, attributes);
  factors.insert(factors.begin(), {1.0, 1.0});
  return c.node("Resize", {x, "", c.constant(from_vector(factors, {std::ssize(factors)}).to(kFloat32))},
                attributes);
}

/// The op is one of planes, which the function makes of images.
Names interpolate(Call& c) {
  Sizes sizes = c.out_sizes();
  const bool aligned = c.flag("align_corners"), is_function = c.is_given("mode");
  std::vector<double> factors{c.number("scale_height"), c.number("scale_width")};
  if (is_function) {
    if (sizes.size() == 3) factors.erase(factors.begin());
    return {resized(c, c.in(), c.word("mode") == "nearest", aligned, factors, sizes)};
  }
  sizes.insert(sizes.begin() + 1, Size{1, 1});
  return {c.squeezed(resized(c, c.unsqueezed(c.in(), {1}), !c.flag("linear"), aligned, factors, sizes), {1})};
}

Names pixel_shuffle(Call& c) {
  const auto node = [&](const std::string& x) {
    return c.node("DepthToSpace", {x},
                  {{"blocksize", c.integer("upscale_factor")}, {"mode", std::string("CRD")}});
  };
  c.require(c.dim() == 3 || c.dim() == 4, "ONNX has it for images {N, C, H, W}");
  return {of_batch(c, 2, node)};
}

constexpr Form::Of kFunction = Form::Of::function;

constexpr Form kForms[] = {
    {"conv1d", "Conv", conv, kFunction},
    {"conv2d", "Conv", conv, kFunction},
    {"conv_transpose1d", "ConvTranspose", conv_transpose, kFunction},
    {"conv_transpose2d", "ConvTranspose", conv_transpose, kFunction},
    {"convolution", "Conv", conv},
    {"convolution_bias", "Conv", conv},
    {"convolution_input", "ConvTranspose", convolution_input},
    {"max_pool1d", "MaxPool", max_pool, kFunction},
    {"max_pool2d", "MaxPool", max_pool, kFunction},
    {"avg_pool1d", "AveragePool", avg_pool, kFunction},
    {"avg_pool2d", "AveragePool", avg_pool, kFunction},
    {"adaptive_avg_pool1d", "GlobalAveragePool, or AveragePool",
     [](Call& c) { return adaptive_pool(c, "GlobalAveragePool", "AveragePool"); }, kFunction},
    {"adaptive_avg_pool2d", "GlobalAveragePool, or AveragePool",
     [](Call& c) { return adaptive_pool(c, "GlobalAveragePool", "AveragePool"); }, kFunction},
    {"adaptive_max_pool1d", "GlobalMaxPool, or MaxPool",
     [](Call& c) { return adaptive_pool(c, "GlobalMaxPool", "MaxPool"); }, kFunction},
    {"adaptive_max_pool2d", "GlobalMaxPool, or MaxPool",
     [](Call& c) { return adaptive_pool(c, "GlobalMaxPool", "MaxPool"); }, kFunction},
    {"max_pool", "MaxPool", [](Call& c) { return pool_of_planes(c, "MaxPool"); }},
    {"avg_pool", "AveragePool", [](Call& c) { return pool_of_planes(c, "AveragePool"); }},
    {"max_pool_indices", "MaxPool, Mod", places_of_max},
    {"interpolate", "Resize", interpolate, Form::Of::both},
    {"pixel_shuffle", "DepthToSpace", pixel_shuffle, kFunction},
};

}  // namespace

std::span<const Form> image_forms() { return kForms; }

}  // namespace xtape::onnx::saving
