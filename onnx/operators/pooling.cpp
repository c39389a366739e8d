// Pooling over one to three spatial axes.
#include <algorithm>
#include <limits>

#include "autograd/ops/pooling.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"
#include "onnx/detail/windows.hpp"

namespace xtape::onnx::detail {

namespace {

Windows windows_of(const Call& call) {
  Windows windows(call, call.attributes().integers("kernel_shape"));
  for (int dim = 2; dim < call[0].dim(); ++dim)  // windows are listed, also where there is nothing in them
    check(call[0].numel() > 0 || call[0].size(dim) <= 1 << 20, "x is of shape {}", call[0].shape());
  if (call.integer("ceil_mode", 0) == 0) return windows;
  for (std::size_t i = 0; i < windows.kernel.size();
       ++i) {  // as much more at the end as the last window needs
    const std::int64_t size = call[0].size(static_cast<int>(i) + 2) + windows.begin[i] + windows.end[i];
    const std::int64_t left = size - windows.reach(i), stride = windows.stride[i];
    if (left >= 0 && left % stride != 0) windows.end[i] += stride - left % stride;
  }
  return windows;
}

/// f over the last two axes and then over the first of three, for what can be done an axis after the other.
template <class F>
Tensor axis_after_axis(const Tensor& x, const Windows& windows, const F& pooled) {
  const int axes = windows.axes();
  Tensor y = x;
  for (int i = 0; i < axes; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Tensor last = transpose(y, i + 2, axes + 1);
    const Shape shape = last.shape();
    const Tensor rows =
        reshape(last, {1, last.numel() / std::max<std::int64_t>(shape.back(), 1), shape.back()});
    const Tensor fewer = pooled(rows, windows.kernel[at], windows.stride[at], windows.dilation[at]);
    Shape result = shape;
    result[axes + 1] = fewer.size(2);
    y = transpose(reshape(fewer, result), i + 2, axes + 1);
  }
  return y;
}

Tensor max_of_row(const Tensor& rows, std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  return max_pool1d(rows, kernel, {.stride = stride, .dilation = dilation});
}
Tensor mean_of_row(const Tensor& rows, std::int64_t kernel, std::int64_t stride, std::int64_t) {
  return avg_pool1d(rows, kernel, {.stride = stride});
}

/// Of {N, C, H, W} padded at the beginning, the places in the whole input: n and c count too.
Tensor whole_places(const Call& call, const Tensor& places, const Windows& windows, const Shape& padded) {
  const Tensor& x = call[0];
  const bool is_flat = windows.axes() == 1;
  const std::int64_t width = padded.back(), h = is_flat ? 1 : x.size(2), w = x.size(-1);
  const Tensor row = is_flat
                         ? zeros_like(places)
                         : (places - places % width).to(kFloat64).div(width).to(kInt64) - windows.begin[0];
  const Tensor column = places % width - windows.begin.back();
  const Tensor inside = call.integer("storage_order", 0) == 0 ? row * w + column : column * h + row;
  Shape each = Shape::filled(static_cast<int>(x.dim()), 1);
  each[0] = x.size(0);
  each[1] = x.size(1);
  return inside + reshape(arange(Shape{x.size(0), x.size(1)}.numel()) * (h * w), each);
}

Results max_pool(const Call& call) {
  const Windows windows = windows_of(call);
  Tensor x = call[0];
  const DType dtype = x.dtype();
  if (!x.is_floating_point()) x = x.to(kFloat64);
  if (windows.is_padded()) x = pad(x, windows.padding(), -std::numeric_limits<double>::infinity());
  const MaxPoolOptions options{.stride = windows.stride, .dilation = windows.dilation};
  if (!call.wants(1)) {
    const Tensor y = windows.axes() == 2 ? max_pool2d(x, windows.kernel, options)
                                         : axis_after_axis(x, windows, max_of_row);
    return y.to(dtype);
  }
  check(windows.axes() < 3, "gives no indices of three spatial axes");
  const ValuesIndices found = windows.axes() == 1 ? max_pool1d_with_indices(x, windows.kernel, options)
                                                  : max_pool2d_with_indices(x, windows.kernel, options);
  return {found.values.to(dtype), whole_places(call, found.indices, windows, x.shape())};
}

Tensor mean_of(const Tensor& x, const Windows& windows) {
  return windows.axes() == 2 ? avg_pool2d(x, windows.kernel, {.stride = windows.stride})
                             : axis_after_axis(x, windows, mean_of_row);
}

/// The mean of what lies in the input, or with count_include_pad in its padding too.
Results average_pool(const Call& call) {
  const Windows windows = windows_of(call);
  check(std::ranges::all_of(windows.dilation, [](std::int64_t d) { return d == 1; }),
        "dilations are not computed");
  const Tensor& x = call[0];
  if (!windows.is_padded()) return mean_of(x, windows);
  const Tensor sums = mean_of(pad(x, windows.padding()), windows);
  const Windows given(call, windows.kernel);  // without what ceil_mode adds
  Shape one = x.shape(), outside = windows.padding();
  one[0] = one[1] = 1;
  Tensor counted = ones(one, {.dtype = x.dtype()});
  if (call.integer("count_include_pad", 0) != 0) {
    counted = pad(counted, given.padding(), 1);
    for (int i = 0; i < outside.size(); ++i) outside[i] -= given.padding()[i];
  }
  return sums / mean_of(pad(counted, outside), windows);
}

Results norm_pool(const Call& call) {
  const double p = call.number("p", 2);
  const Windows windows = windows_of(call);
  check(std::ranges::all_of(windows.dilation, [](std::int64_t d) { return d == 1; }),
        "dilations are not computed");
  const Tensor powers = pow(abs(pad(call[0], windows.padding())), p);
  return pow(mean_of(powers, windows) * static_cast<double>(Shape(windows.kernel).numel()), 1 / p);
}

/// Over all spatial axes, kept with size 1.
Compute over_space(Tensor (*f)(const Tensor&, const Dims&, bool)) {
  return [f](const Call& call) {
    check(call[0].dim() > 2, "x is of shape {}; expected batch, channels and spatial dims", call[0].shape());
    Dims dims;
    for (int dim = 2; dim < call[0].dim(); ++dim) dims.push_back(dim);
    return f(call[0], dims, true);
  };
}

Results global_norm_pool(const Call& call) {
  const double p = static_cast<double>(call.integer("p", 2));
  Dims dims;
  for (int dim = 2; dim < call[0].dim(); ++dim) dims.push_back(dim);
  return norm(call[0], p, dims, true);
}

/// The values back at the places that MaxPool gave, among zeros.
Results max_unpool(const Call& call) {
  const Tensor &x = call[0], &places = call[1];
  const Windows windows(call, call.attributes().integers("kernel_shape"));
  Shape inner = x.shape();  // the shape to which the places refer
  for (int i = 0; i < windows.axes(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    inner[i + 2] =
        (x.size(i + 2) - 1) * windows.stride[at] + windows.kernel[at] - windows.begin[at] - windows.end[at];
    check(inner[i + 2] >= 0, "the output is of size {}", inner[i + 2]);
  }
  const Tensor flat = scatter(zeros({inner.numel()}, {.dtype = x.dtype()}), 0, flatten(places), flatten(x));
  const Tensor y = reshape(flat, inner);
  if (!call.has(2)) return y;
  const Shape whole = call.shape(2);
  check(whole.size() == inner.size(), "the shape of the output is {}", whole);
  Shape sides;
  for (int i = whole.size(); i-- > 0;) {
    sides.push_back(0);
    sides.push_back(whole[i] - inner[i]);
  }
  return pad(y, sides);
}

}  // namespace

Operators pooling_operators() {
  return {{"AveragePool", 1, average_pool},
          {"GlobalAveragePool", 1, over_space(mean)},
          {"GlobalLpPool", 2, global_norm_pool},
          {"GlobalMaxPool", 1, over_space(amax)},
          {"LpPool", 2, norm_pool},
          {"MaxPool", 1, max_pool, "indices of one or two spatial axes"},
          {"MaxUnpool", 9, max_unpool}};
}

}  // namespace xtape::onnx::detail
