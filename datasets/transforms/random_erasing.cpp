// Random holes: each image is copied, then painted over.
#include "datasets/transforms/random_erasing.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "autograd/ops/create.hpp"
#include "datasets/transforms/detail/planes.hpp"

namespace xtape::datasets {

namespace {

using detail::between;
using detail::Planes;

struct Rectangle {
  std::int64_t top, left, bottom, right;  // bottom and right are one beyond
};

/// Calls `pixel(channel)` for each pixel of the rectangle in each plane of one image, to be written.
template <class T, class Pixel>
void paint(T* image, const Planes& p, const Rectangle& r, Pixel pixel) {
  for (std::int64_t plane = 0; plane < p.planes; ++plane, image += p.plane()) {
    for (std::int64_t row = r.top; row < r.bottom; ++row) {
      std::generate(image + row * p.width + r.left, image + row * p.width + r.right,
                    [&] { return pixel(plane); });
    }
  }
}

std::int64_t below(std::int64_t bound, Generator& generator) {
  return static_cast<std::int64_t>(generator.below(static_cast<std::uint64_t>(bound)));
}

/// A rectangle of a random area and shape within the image; nothing where ten draws are too large.
std::optional<Rectangle> draw(const Planes& p, const RandomErasingOptions& options, Generator& generator) {
  for (int tries = 0; tries < 10; ++tries) {
    const double area =
        static_cast<double>(p.plane()) * between(options.scale[0], options.scale[1], generator);
    const double ratio = std::exp(between(std::log(options.ratio[0]), std::log(options.ratio[1]), generator));
    const double height = std::nearbyint(std::sqrt(area * ratio)),
                 width = std::nearbyint(std::sqrt(area / ratio));
    if (!(height < static_cast<double>(p.height) && width < static_cast<double>(p.width))) continue;
    const auto h = static_cast<std::int64_t>(height), w = static_cast<std::int64_t>(width);
    const std::int64_t top = below(p.height - h + 1, generator), left = below(p.width - w + 1, generator);
    return Rectangle{top, left, top + h, left + w};
  }
  return {};
}

/// {low, high} with 0 < low <= high or, where `from_zero`, 0 <= low.
void check_range(const Numbers& range, const char* name, bool from_zero) {
  check(range.size() == 2, "RandomErasing: {} has {} numbers; expected the smallest and the largest", name,
        range.size());
  check(range[0] <= range[1] && std::isfinite(range[1]) && (range[0] > 0 || (from_zero && range[0] == 0)),
        "RandomErasing: {} goes from {} to {}; expected {} numbers, the smallest first", name, range[0],
        range[1], from_zero ? "non-negative" : "positive");
}

}  // namespace

ErasingValue::ErasingValue(const char* random) {
  check(random != nullptr && std::string_view(random) == "random",
        "RandomErasing: value '{}'; expected numbers or 'random'", random ? random : "");
}

RandomErasing::RandomErasing(const RandomErasingOptions& options) : options_(options) {
  detail::check_probability(options.p, "RandomErasing");
  check_range(options.scale, "scale", true);
  check(options.scale[1] <= 1, "RandomErasing: scale goes to {}; expected parts of the image, 0 to 1",
        options.scale[1]);
  check_range(options.ratio, "ratio", false);
}

Tensor RandomErasing::operator()(const Tensor& images, Generator& generator) const {
  const Planes p = detail::planes_of(images, "RandomErasing");
  const Numbers& numbers = options_.value.numbers();
  const std::int64_t channels = images.dim() >= 3 ? images.size(-3) : 1;
  check(numbers.size() <= 1 || static_cast<std::int64_t>(numbers.size()) == channels,
        "RandomErasing: {} values do not fit {} channels", numbers.size(), channels);
  check(!options_.value.is_random() || is_floating(images.dtype()),
        "RandomErasing: value 'random' expects floating-point images, got {}", images.dtype());
  for (double value : numbers.values()) detail::check_fill(images, value, "RandomErasing");

  Tensor out = images.detach().clone().contiguous();
  xtape::detail::visit(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* image = out.data<T>();
    const auto value = [&](std::int64_t plane) {
      if (numbers.empty()) return static_cast<T>(generator.normal());
      return static_cast<T>(numbers[numbers.size() == 1 ? 0 : static_cast<std::size_t>(plane % channels)]);
    };
    for (std::int64_t n = 0; n < p.count; ++n, image += p.image()) {
      if (!(generator.uniform() < options_.p)) continue;
      if (const auto hole = draw(p, options_, generator)) paint(image, p, *hole, value);
    }
  });
  return out;
}

Cutout::Cutout(std::int64_t size, const CutoutOptions& options) : size_(size), options_(options) {
  check(size > 0, "Cutout: a square of {} pixels; expected at least 1", size);
  check(options.n_holes >= 0, "Cutout: n_holes is {}; expected 0 or more", options.n_holes);
}

Tensor Cutout::operator()(const Tensor& images, Generator& generator) const {
  const Planes p = detail::planes_of(images, "Cutout");
  detail::check_fill(images, options_.fill, "Cutout");
  Tensor out = images.detach().clone().contiguous();
  if (out.numel() == 0) return out;
  xtape::detail::visit(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* image = out.data<T>();
    // Centre and extent along one axis; a size beyond the image must not overflow.
    const auto extent = [&](std::int64_t n) {
      const std::int64_t first = below(n, generator) - std::min(size_ / 2, n);
      return std::pair(std::max<std::int64_t>(first, 0), std::min(n, first + std::min(size_, 2 * n)));
    };
    for (std::int64_t n = 0; n < p.count; ++n, image += p.image()) {
      for (std::int64_t hole = 0; hole < options_.n_holes; ++hole) {
        const auto [top, bottom] = extent(p.height);
        const auto [left, right] = extent(p.width);
        paint(image, p, {top, left, bottom, right},
              [&](std::int64_t) { return static_cast<T>(options_.fill); });
      }
    }
  });
  return out;
}

}  // namespace xtape::datasets
