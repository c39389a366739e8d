// The transforms' loops: one pass over a batch that is small enough to stay in the cache.
#include "datasets/transforms/transforms.hpp"

#include <algorithm>
#include <array>

#include "autograd/graph/grad_mode.hpp"
#include "datasets/transforms/detail/planes.hpp"

namespace xtape::datasets {

namespace {

using detail::Planes;

std::array<float, 256> unit_steps() {
  std::array<float, 256> steps;
  for (int i = 0; i < 256; ++i) steps[static_cast<std::size_t>(i)] = static_cast<float>(i) / 255.0f;
  return steps;
}

enum class Mirrored { left_to_right, top_to_bottom };

/// Mirrors each image with probability p.
Tensor flip(const Tensor& images, Mirrored how, double p, Generator& generator, const char* op) {
  const Planes planes = detail::planes_of(images, op);
  const std::int64_t width = planes.width, height = planes.height;
  const Tensor source = images.contiguous();
  Tensor out = xtape::detail::make_tensor(source.shape(), source.dtype());
  xtape::detail::visit(source.dtype(), [&]<class T>(T) {
    const T* from = source.data<T>();
    T* to = out.data<T>();
    const auto copy_plane = [&](bool reverse_rows, bool reverse_columns) {
      for (std::int64_t row = 0; row < height; ++row, to += width) {
        const T* line = from + (reverse_rows ? height - 1 - row : row) * width;
        if (reverse_columns)
          std::reverse_copy(line, line + width, to);
        else
          std::copy_n(line, width, to);
      }
      from += planes.plane();
    };
    for (std::int64_t n = 0; n < planes.count; ++n) {
      const bool flips = generator.uniform() < p;
      for (std::int64_t plane = 0; plane < planes.planes; ++plane)
        copy_plane(flips && how == Mirrored::top_to_bottom, flips && how == Mirrored::left_to_right);
    }
  });
  return out;
}

}  // namespace

std::shared_ptr<Transform::Call> Transform::shared(Call call) {
  check(call != nullptr, "transform: the function is empty");
  return std::make_shared<Call>(std::move(call));
}

Tensor ToFloat::operator()(const Tensor& images) const {
  if (is_floating(images.dtype())) return images;
  check(images.dtype() == kUInt8, "ToFloat: expected uint8 or floating-point images, got {}", images.dtype());
  static const std::array<float, 256> steps = unit_steps();  // a look-up is as fast as a division, at any -O
  const Tensor source = images.contiguous();
  Tensor out = xtape::detail::make_tensor(source.shape(), kFloat32);
  const auto* from = source.data<std::uint8_t>();
  auto* to = out.data<float>();
  for (std::int64_t i = 0, n = source.numel(); i < n; ++i) to[i] = steps[from[i]];
  return out;
}

Tensor ToDtype::operator()(const Tensor& images) const {
  NoGradGuard no_grad;
  if (!options_.scale || images.dtype() == dtype_) return images.to(dtype_);
  const bool from_bytes = images.dtype() == kUInt8 && is_floating(dtype_);
  const bool to_bytes = is_floating(images.dtype()) && dtype_ == kUInt8;
  const bool between_floats = is_floating(images.dtype()) && is_floating(dtype_);
  check(from_bytes || to_bytes || between_floats, "ToDtype: cannot scale {} to {}; expected uint8 and floats",
        images.dtype(), dtype_);
  if (from_bytes) return images.to(dtype_) / 255;
  if (between_floats) return images.to(dtype_);
  return (images * (256 - 1e-3))
      .to(kUInt8);  // torchvision's: 1 becomes 255, and every byte has an equal share
}

Normalize::Normalize(std::vector<double> mean, std::vector<double> std)
    : mean_(std::move(mean)), std_(std::move(std)) {
  check(!mean_.empty() && !std_.empty(), "Normalize: expected a mean and a std for each channel");
  for (double s : std_) check(s != 0, "Normalize: a std is 0, which would divide by zero");
}

Tensor Normalize::operator()(const Tensor& images) const {
  check(images.dim() >= 3, "Normalize: expected images {{..., C, H, W}}, got shape {}", images.shape());
  const std::int64_t channels = images.size(-3);
  const auto fits = [&](std::size_t n) { return n == 1 || static_cast<std::int64_t>(n) == channels; };
  check(fits(mean_.size()) && fits(std_.size()), "Normalize: {} means and {} stds do not fit {} channels",
        mean_.size(), std_.size(), channels);
  const Tensor source = images.contiguous();
  Tensor out = xtape::detail::make_tensor(source.shape(), source.dtype());
  if (out.numel() == 0) return out;
  xtape::detail::visit_floating(source.dtype(), "Normalize", [&](auto zero) {
    using T = decltype(zero);
    const T* from = source.data<T>();
    T* to = out.data<T>();
    const std::int64_t plane = source.size(-2) * source.size(-1);
    const std::int64_t planes = source.numel() / plane;
    for (std::int64_t p = 0; p < planes; ++p, from += plane, to += plane) {
      const auto channel = static_cast<std::size_t>(p % channels);
      const T mean = static_cast<T>(mean_[mean_.size() == 1 ? 0 : channel]);
      const T std = static_cast<T>(std_[std_.size() == 1 ? 0 : channel]);
      for (std::int64_t i = 0; i < plane; ++i) to[i] = (from[i] - mean) / std;
    }
  });
  return out;
}

RandomHorizontalFlip::RandomHorizontalFlip(double p) : p_(p) {
  detail::check_probability(p, "RandomHorizontalFlip");
}

Tensor RandomHorizontalFlip::operator()(const Tensor& images, Generator& generator) const {
  return flip(images, Mirrored::left_to_right, p_, generator, "RandomHorizontalFlip");
}

RandomVerticalFlip::RandomVerticalFlip(double p) : p_(p) {
  detail::check_probability(p, "RandomVerticalFlip");
}

Tensor RandomVerticalFlip::operator()(const Tensor& images, Generator& generator) const {
  return flip(images, Mirrored::top_to_bottom, p_, generator, "RandomVerticalFlip");
}

Tensor Compose::operator()(const Tensor& images, Generator& generator) const {
  Tensor x = images;
  for (const Transform& transform : transforms_) x = transform(x, generator);
  return x;
}

}  // namespace xtape::datasets
