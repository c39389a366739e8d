// Patches by views and lookups: compositions of other ops.
#include "autograd/ops/patches.hpp"

#include <array>
#include <vector>

#include "autograd/graph/trace.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

/// The patches along one axis of an image.
struct Axis {
  std::int64_t size, kernel, dilation, padding, stride;

  std::int64_t reach() const { return dilation * (kernel - 1) + 1; }
  std::int64_t padded() const { return size + 2 * padding; }
  std::int64_t patches() const { return (padded() - reach()) / stride + 1; }
};
using Axes = std::array<Axis, 2>;

Axes axes_of(const char* op, const Shape& size, const PerAxis& kernel_size, const UnfoldOptions& options) {
  const Shape kernel = kernel_size.values(2, op, "kernel_size", 1);
  const Shape dilation = options.dilation.values(2, op, "dilation", 1);
  const Shape padding = options.padding.values(2, op, "padding", 0);
  const Shape stride = options.stride.values(2, op, "stride", 1);
  Axes axes;
  for (int i = 0; i < 2; ++i) {
    const Axis axis{size[i], kernel[i], dilation[i], padding[i], stride[i]};
    check(axis.reach() <= axis.padded(),
          "{}: a patch that reaches over {} does not fit into {} with padding {}", op, axis.reach(),
          axis.size, axis.padding);
    axes[static_cast<std::size_t>(i)] = axis;
  }
  return axes;
}

/// x {..., size, ...} as {..., patches, ..., kernel}
Tensor windows_along(const Tensor& x, int dim, const Axis& axis) {
  return slice(x.unfold(dim, axis.reach(), axis.stride), -1, 0, axis.reach(), axis.dilation);
}

/// The place in the padded image of each element of the columns: {KH KW patches}, as they lie there.
Tensor places_of(const Axes& axes) {
  const auto& [rows, columns] = axes;
  std::vector<std::int64_t> places;
  for (std::int64_t kh = 0; kh < rows.kernel; ++kh) {
    for (std::int64_t kw = 0; kw < columns.kernel; ++kw) {
      for (std::int64_t i = 0; i < rows.patches(); ++i) {
        const std::int64_t row = i * rows.stride + kh * rows.dilation;
        for (std::int64_t j = 0; j < columns.patches(); ++j)
          places.push_back(row * columns.padded() + j * columns.stride + kw * columns.dilation);
      }
    }
  }
  return from_vector(places, {std::ssize(places)});
}

op::Attributes shown(const PerAxis& kernel_size, const UnfoldOptions& o) {
  return {{"kernel_size", kernel_size.given()},
          {"dilation", o.dilation.given()},
          {"padding", o.padding.given()},
          {"stride", o.stride.given()}};
}

}  // namespace

Tensor unfold(const Tensor& x, const PerAxis& kernel_size, const UnfoldOptions& options) {
  if (is_traced()) [[unlikely]]
    return report("unfold", {x}, shown(kernel_size, options),
                  [&] { return unfold(x, kernel_size, options); });
  check(x.dim() == 3 || x.dim() == 4, "unfold: expected {{C, H, W}} or {{N, C, H, W}}, got {}", x.shape());
  if (x.dim() == 3) return squeeze(unfold(unsqueeze(x, 0), kernel_size, options), 0);
  const Axes axes = axes_of("unfold", {x.size(2), x.size(3)}, kernel_size, options);
  const std::int64_t ph = axes[0].padding, pw = axes[1].padding;
  const Tensor padded = ph == 0 && pw == 0 ? x : pad(x, {pw, pw, ph, ph});
  const Tensor windows =
      windows_along(windows_along(padded, 2, axes[0]), 3, axes[1]);  // {N, C, OH, OW, KH, KW}
  return reshape(
      permute(windows, {0, 1, 4, 5, 2, 3}),
      {x.size(0), x.size(1) * axes[0].kernel * axes[1].kernel, axes[0].patches() * axes[1].patches()});
}

Tensor fold(const Tensor& x, const PerAxis& output_size, const PerAxis& kernel_size,
            const FoldOptions& options) {
  if (is_traced()) [[unlikely]] {
    op::Attributes attributes = shown(kernel_size, options);
    attributes.insert(attributes.begin(), {"output_size", output_size.given()});
    return report("fold", {x}, attributes, [&] { return fold(x, output_size, kernel_size, options); });
  }
  check(x.dim() == 2 || x.dim() == 3,
        "fold: expected {{C KH KW, patches}} or {{N, C KH KW, patches}}, got {}", x.shape());
  if (x.dim() == 2) return squeeze(fold(unsqueeze(x, 0), output_size, kernel_size, options), 0);
  const Axes axes = axes_of("fold", output_size.values(2, "fold", "output_size", 1), kernel_size, options);
  const auto& [rows, columns] = axes;
  const std::int64_t taps = rows.kernel * columns.kernel, patches = rows.patches() * columns.patches();
  check(x.size(1) % taps == 0 && x.size(2) == patches,
        "fold: x is of shape {}; expected a multiple of {} rows, and {} patches", x.shape(), taps, patches);
  const std::int64_t images = x.size(0), channels = x.size(1) / taps;
  const Tensor padded =
      index_add(zeros({images, channels, rows.padded() * columns.padded()}, {.dtype = x.dtype()}), 2,
                places_of(axes), reshape(x, {images, channels, taps * patches}));
  const Tensor y = reshape(padded, {images, channels, rows.padded(), columns.padded()});
  return slice(slice(y, 2, rows.padding, rows.padding + rows.size), 3, columns.padding,
               columns.padding + columns.size);
}

Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor) {
  if (is_traced()) [[unlikely]]
    return report("pixel_shuffle", {x}, {{"upscale_factor", upscale_factor}},
                  [&] { return pixel_shuffle(x, upscale_factor); });
  const std::int64_t r = upscale_factor;
  check(x.dim() >= 3, "pixel_shuffle: expected {{..., C, H, W}}, got {}", x.shape());
  check(r > 0 && x.size(-3) % (r * r) == 0,
        "pixel_shuffle: {} channels of {} cannot be shared among {} by {} pixels", x.size(-3), x.shape(), r,
        r);
  const std::int64_t channels = x.size(-3) / (r * r), height = x.size(-2), width = x.size(-1);
  const std::int64_t images = Shape(x.shape().begin(), x.shape().end() - 3).numel();
  const Tensor parts = permute(reshape(x, {images, channels, r, r, height, width}), {0, 1, 4, 2, 5, 3});
  Shape shape(x.shape().begin(), x.shape().end() - 3);
  for (const std::int64_t size : {channels, height * r, width * r}) shape.push_back(size);
  return reshape(parts, shape);
}

Tensor pixel_unshuffle(const Tensor& x, std::int64_t downscale_factor) {
  if (is_traced()) [[unlikely]]
    return report("pixel_unshuffle", {x}, {{"downscale_factor", downscale_factor}},
                  [&] { return pixel_unshuffle(x, downscale_factor); });
  const std::int64_t r = downscale_factor;
  check(x.dim() >= 3, "pixel_unshuffle: expected {{..., C, H, W}}, got {}", x.shape());
  check(r > 0 && x.size(-2) % r == 0 && x.size(-1) % r == 0,
        "pixel_unshuffle: images of {} cannot be cut into squares of {} by {}", x.shape(), r, r);
  const std::int64_t channels = x.size(-3), height = x.size(-2) / r, width = x.size(-1) / r;
  Shape shape(x.shape().begin(), x.shape().end() - 3);
  const std::int64_t images = shape.numel();
  const Tensor parts = permute(reshape(x, {images, channels, height, r, width, r}), {0, 1, 3, 5, 2, 4});
  for (const std::int64_t size : {channels * r * r, height, width}) shape.push_back(size);
  return reshape(parts, shape);
}

}  // namespace xtape
