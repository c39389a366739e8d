// Convolutions and their transposes over one to three spatial axes; three are made of those over two.
#include "autograd/ops/conv.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"
#include "onnx/detail/windows.hpp"

namespace xtape::onnx::detail {

namespace {

Shape spatial(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

Shape last_two(const std::vector<std::int64_t>& values) { return {values.end() - 2, values.end()}; }

Tensor with_bias(const Tensor& y, const Tensor& bias) {
  if (!bias.defined()) return y;
  Shape shape = Shape::filled(static_cast<int>(y.dim()), 1);
  shape[1] = bias.numel();
  return y + reshape(bias, shape);
}

/// {N, C, D, H, W} to {N D, C, H, W}: images of their own.
Tensor layers(const Tensor& x) {
  const Tensor moved = transpose(x, 1, 2);
  return reshape(moved, {Shape{x.size(0), x.size(2)}.numel(), x.size(1), x.size(3), x.size(4)});
}
Tensor stacked(const Tensor& y, std::int64_t batch, std::int64_t depth) {
  return transpose(reshape(y, {batch, depth, y.size(1), y.size(2), y.size(3)}), 1, 2);
}

/// The sum over the depth of the kernel of convolutions of images.
Tensor conv3d(const Tensor& x, const Tensor& weight, const Windows& windows, std::int64_t groups) {
  const std::int64_t depth = (x.size(2) - windows.reach(0)) / windows.stride[0] + 1;
  check(x.size(2) >= windows.reach(0), "the kernel reaches over {} of {} layers", windows.reach(0),
        x.size(2));
  const ConvOptions options{
      .stride = last_two(windows.stride), .dilation = last_two(windows.dilation), .groups = groups};
  Tensor sum;
  for (std::int64_t k = 0; k < windows.kernel[0]; ++k) {
    const std::int64_t first = k * windows.dilation[0];
    const Tensor taken = slice(x, 2, first, first + (depth - 1) * windows.stride[0] + 1, windows.stride[0]);
    const Tensor y = stacked(conv2d(layers(taken), select(weight, 2, k), options), x.size(0), depth);
    sum = sum.defined() ? sum + y : y;
  }
  return sum;
}

/// auto_pad and uneven padding by pad(), which the op has not.
Tensor convolved(const Call& call, Tensor x, const Tensor& weight, const Tensor& bias) {
  check(weight.dim() == x.dim(), "x is of shape {} and the weight of {}", x.shape(), weight.shape());
  const Windows windows(call, spatial(weight.shape()));
  const std::int64_t groups = call.integer("group", 1);
  const bool is_deep = windows.axes() == 3;
  const bool is_padded_here = windows.is_padded() && (is_deep || !windows.is_symmetric());
  if (is_padded_here) x = pad(x, windows.padding());
  if (is_deep) return with_bias(conv3d(x, weight, windows, groups), bias);
  const std::vector<std::int64_t> none(windows.kernel.size(), 0);
  const ConvOptions options{.stride = windows.stride,
                            .padding = is_padded_here ? none : windows.begin,
                            .dilation = windows.dilation,
                            .groups = groups};
  if (windows.axes() == 1)
    return bias.defined() ? conv1d(x, weight, bias, options) : conv1d(x, weight, options);
  return bias.defined() ? conv2d(x, weight, bias, options) : conv2d(x, weight, options);
}

Results convolution(const Call& call) { return convolved(call, call[0], call[1], call.get(2)); }

/// Less its zero point, single or one for each channel of a weight; exact in float64 while sums are below
/// 2^53.
Tensor shifted(const Tensor& x, const Tensor& zero) {
  const Tensor wide = x.to(kFloat64);
  if (!zero.defined()) return wide;
  const Tensor point = zero.to(kFloat64);
  if (point.numel() == 1) return wide - reshape(point, {});
  Shape by_channel = Shape::filled(static_cast<int>(x.dim()), 1);
  by_channel[0] = point.numel();
  return wide - reshape(point, by_channel);
}

Results integer_convolution(const Call& call) {
  return convolved(call, shifted(call[0], call.get(2)), shifted(call[1], call.get(3)), Tensor()).to(kInt32);
}

Results quantized_convolution(const Call& call) {
  const Tensor bias = call.has(8) ? call[8].to(kFloat64) : Tensor();
  const Tensor sums = convolved(call, shifted(call[0], call[2]), shifted(call[3], call[5]), bias);
  Tensor scale = call[1].to(kFloat64) * call[4].to(kFloat64) / call[6].to(kFloat64);
  if (scale.numel() != 1) {
    Shape by_channel = Shape::filled(static_cast<int>(sums.dim()), 1);
    by_channel[1] = scale.numel();
    scale = reshape(scale, by_channel);
  }
  return saturated(round(sums * scale) + call[7].to(kFloat64), call[7].dtype());
}

/// Each depth of the kernel by itself, put where it belongs among zeros.
Tensor conv_transpose3d(const Tensor& x, const Tensor& weight, const Windows& windows, std::int64_t groups) {
  const std::int64_t depth = x.size(2), stride = windows.stride[0];
  const ConvTransposeOptions options{
      .stride = last_two(windows.stride), .groups = groups, .dilation = last_two(windows.dilation)};
  Tensor sum;
  for (std::int64_t k = 0; k < windows.kernel[0]; ++k) {
    const Tensor y = stacked(conv_transpose2d(layers(x), select(weight, 2, k), options), x.size(0), depth);
    const Shape of_y = y.shape();
    const Tensor apart = pad(unsqueeze(y, 3), {0, 0, 0, 0, 0, stride - 1});
    const Tensor spread = slice(reshape(apart, {of_y[0], of_y[1], depth * stride, of_y[3], of_y[4]}), 2, 0,
                                (depth - 1) * stride + 1);
    const std::int64_t before = k * windows.dilation[0], behind = windows.reach(0) - 1 - before;
    const Tensor placed = pad(spread, {0, 0, 0, 0, before, behind});
    sum = sum.defined() ? sum + placed : placed;
  }
  return sum;
}

/// What is cut off at both ends of the whole result, or added where negative, in the order of pad().
Shape cropping(const Call& call, const Windows& windows, const Shape& whole) {
  const auto axes = static_cast<std::size_t>(windows.axes());
  std::vector<std::int64_t> more = call.attributes().integers("output_padding");
  if (more.empty()) more.assign(axes, 0);
  const std::vector<std::int64_t> sizes = call.attributes().integers("output_shape");
  const std::string automatic = call.text("auto_pad", "NOTSET");
  const bool is_same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  check(more.size() == axes && (sizes.empty() || sizes.size() >= axes),
        "has {} output paddings and {} sizes of the output", more.size(), sizes.size());
  Shape sides;
  for (std::size_t i = axes; i-- > 0;) {
    std::int64_t begin = windows.begin[i], end = windows.end[i];
    check(more[i] >= 0 && more[i] <= 0x7fffffff, "output_padding is {}", more[i]);
    if (!sizes.empty() || is_same) {
      const std::int64_t size = sizes.empty() ? call[0].size(static_cast<int>(i) + 2) * windows.stride[i]
                                              : sizes[sizes.size() - axes + i];
      check(size >= 0 && size <= 0x7fffffff, "the output is of size {}", size);
      const std::int64_t total = whole[static_cast<int>(i)] + more[i] - size;
      const std::int64_t half = total >> 1;  // rounded down, also where it is negative
      begin = automatic == "SAME_UPPER" ? half : total - half;
      end = total - begin;
    }
    sides.push_back(-begin);
    sides.push_back(more[i] - end);
  }
  return sides;
}

Results transposed_convolution(const Call& call) {
  const Tensor &x = call[0], &weight = call[1];
  check(weight.dim() == x.dim(), "x is of shape {} and the weight of {}", x.shape(), weight.shape());
  const Windows windows(call, spatial(weight.shape()));
  const std::int64_t groups = call.integer("group", 1);
  const ConvTransposeOptions options{
      .stride = windows.stride, .groups = groups, .dilation = windows.dilation};
  const Tensor whole = windows.axes() == 3   ? conv_transpose3d(x, weight, windows, groups)
                       : windows.axes() == 2 ? conv_transpose2d(x, weight, options)
                                             : conv_transpose1d(x, weight, options);
  return with_bias(pad(whole, cropping(call, windows, spatial(whole.shape()))), call.get(2));
}

}  // namespace

Operators convolution_operators() {
  return {{"Conv", 1, convolution},
          {"ConvInteger", 10, integer_convolution},
          {"ConvTranspose", 1, transposed_convolution},
          {"QLinearConv", 10, quantized_convolution}};
}

}  // namespace xtape::onnx::detail
