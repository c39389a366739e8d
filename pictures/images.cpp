// Images and grids of them: checks, bytes, and where everything stands.
#include <algorithm>
#include <cmath>

#include "io/files.hpp"
#include "pictures/detail/canvas.hpp"
#include "pictures/detail/file.hpp"
#include "pictures/detail/font.hpp"
#include "pictures/pictures.hpp"

namespace xtape::pictures {

namespace {

using detail::Canvas;
using detail::Colour;

// Green and red of Okabe and Ito's kind: they differ in lightness and blueness too, for eyes that mix them
// up.
constexpr Colour kRight = {0, 158, 115}, kWrong = {214, 45, 32};
constexpr Colour kWhite = {255, 255, 255}, kText = {40, 40, 40};
constexpr std::int64_t kFrame = 2;                // pixels, and as many between the frame and the image
constexpr std::int64_t kMostPixels = 1ll << 28;   // of a picture: 768 MiB in memory
constexpr std::int64_t kLargestSide = 1'000'000;  // libpng's own limit

std::uint8_t to_byte(std::uint8_t value) { return value; }

template <std::floating_point T>
std::uint8_t to_byte(T value) {
  if (!(value > 0)) return 0;  // NaN too
  return static_cast<std::uint8_t>(std::min(value, T(1)) * 255 + T(0.5));
}

/// The values of images as bytes, row-major.
std::vector<std::uint8_t> to_bytes(const std::string& path, const Tensor& images) {
  check(images.dtype() == kUInt8 || is_floating(images.dtype()),
        "{}: an image of {}; expected uint8, or floats of 0 to 1", path, images.dtype());
  const Tensor source = images.detach().contiguous();
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(source.numel()));
  const auto convert = [&](auto zero) {
    const auto* value = source.data<decltype(zero)>();
    std::transform(value, value + source.numel(), bytes.begin(), [](auto v) { return to_byte(v); });
  };
  if (source.dtype() == kUInt8) {
    convert(std::uint8_t{});
  } else {
    xtape::detail::visit_floating(source.dtype(), "save_png", convert);
  }
  return bytes;
}

void check_size(const std::string& path, std::int64_t width, std::int64_t height) {
  check(width <= kLargestSide && height <= kLargestSide && width * height <= kMostPixels,
        "{}: a picture of {} x {} pixels is too large", path, width, height);
}

/// Where the parts of a grid stand, in pixels.
struct Layout {
  Layout(const std::string& path, const Tensor& images, const GridOptions& options)
      : count(images.size(0)),
        channels(images.size(1)),
        height(images.size(2)),
        width(images.size(3)),
        scale(options.scale),
        text_scale(std::max<std::int64_t>(1, options.scale / 2)) {
    check(width <= kLargestSide && height <= kLargestSide && scale <= kLargestSide &&
              options.padding <= kLargestSide,
          "{}: images of {} x {} at scale {} with padding {} are too large", path, width, height, scale,
          options.padding);
    columns = std::min(options.columns, count);
    frame = options.marks.empty() ? 0 : 2 * kFrame;
    label = options.labels.empty() ? 0 : (detail::kGlyphHeight + 3) * text_scale;
    padding = options.padding;
    step_x = width * scale + 2 * frame + padding;
    step_y = height * scale + 2 * frame + label + padding;
    const std::int64_t rows = (count + columns - 1) / columns;
    check(columns <= kLargestSide && rows <= kLargestSide && step_x <= kLargestSide && step_y <= kLargestSide,
          "{}: a grid of {} x {} images is too large", path, columns, rows);
    picture_width = columns * step_x + padding;
    picture_height = rows * step_y + padding;
    check_size(path, picture_width, picture_height);
  }

  std::int64_t count, channels, height, width, scale, text_scale;
  std::int64_t columns = 0, frame = 0, label = 0, padding = 0, step_x = 0, step_y = 0;
  std::int64_t picture_width = 0, picture_height = 0;
};

void check_grid(const std::string& path, const Tensor& images, const GridOptions& options) {
  detail::check_ending(path, ".png");
  check(images.defined() && images.dim() == 4 && images.numel() > 0 &&
            (images.size(1) == 1 || images.size(1) == 3),
        "{}: images of shape {}; expected {{N, 1, H, W}} or {{N, 3, H, W}}, and at least one pixel", path,
        images.defined() ? images.shape() : Shape());
  check(
      options.columns > 0 && options.scale > 0 && options.padding >= 0,
      "{}: {} columns, scale {}, padding {}; expected columns and scale of at least 1, padding of at least 0",
      path, options.columns, options.scale, options.padding);
  const auto count = static_cast<std::size_t>(images.size(0));
  check(options.labels.empty() || options.labels.size() == count, "{}: {} labels for {} images", path,
        options.labels.size(), count);
  check(options.marks.empty() || options.marks.size() == count, "{}: {} marks for {} images", path,
        options.marks.size(), count);
}

/// One image of {C, H, W} bytes, enlarged, with its upper left corner at {x, y}.
void draw_image(Canvas& canvas, const Layout& at, const std::uint8_t* image, std::int64_t x, std::int64_t y) {
  const std::int64_t plane = at.height * at.width, green = at.channels == 3 ? plane : 0;
  for (std::int64_t row = 0; row < at.height; ++row) {
    for (std::int64_t column = 0; column < at.width; ++column) {
      const std::uint8_t* pixel = image + row * at.width + column;
      canvas.rectangle(x + column * at.scale, y + row * at.scale, at.scale, at.scale,
                       {pixel[0], pixel[green], pixel[2 * green]});
    }
  }
}

/// A text centred below an image whose lower left corner is {x, y}.
void draw_label(Canvas& canvas, const Layout& at, const std::string& text, std::int64_t x, std::int64_t y) {
  const std::int64_t room = at.width * at.scale + 2 * at.frame;
  const auto shown = detail::cut_to(text, static_cast<int>(room / at.text_scale));
  const std::int64_t used = detail::text_width(shown) * at.text_scale;
  canvas.text(x + (room - used) / 2, y + 2 * at.text_scale, shown, at.text_scale, kText);
}

}  // namespace

void save_png(const std::string& path, const Tensor& image) {
  detail::check_ending(path, ".png");
  const bool is_image =
      image.defined() && image.numel() > 0 &&
      (image.dim() == 2 || (image.dim() == 3 && (image.size(0) == 1 || image.size(0) == 3)));
  check(is_image,
        "{}: an image of shape {}; expected {{H, W}}, {{1, H, W}} or {{3, H, W}}, and at least one pixel",
        path, image.defined() ? image.shape() : Shape());
  const std::int64_t width = image.size(-1), height = image.size(-2);
  check_size(path, width, height);
  const bool is_colour = image.dim() == 3 && image.size(0) == 3;
  const auto bytes = to_bytes(path, is_colour ? image.permute({1, 2, 0}) : image);
  io::write_bytes(path, detail::encode_png(path, bytes.data(), width, height, is_colour ? 3 : 1));
}

void save_image_grid(const std::string& path, const Tensor& images, const GridOptions& options) {
  check_grid(path, images, options);
  const auto bytes = to_bytes(path, images);
  const Layout at(path, images, options);
  Canvas canvas(at.picture_width, at.picture_height, kWhite);
  for (std::int64_t i = 0; i < at.count; ++i) {
    const std::int64_t x = at.padding + i % at.columns * at.step_x,
                       y = at.padding + i / at.columns * at.step_y;
    const std::int64_t width = at.width * at.scale, height = at.height * at.scale;
    const auto n = static_cast<std::size_t>(i);
    if (!options.marks.empty()) {
      const std::int64_t inner = 2 * (at.frame - kFrame);
      canvas.rectangle(x, y, width + 2 * at.frame, height + 2 * at.frame, options.marks[n] ? kRight : kWrong);
      canvas.rectangle(x + kFrame, y + kFrame, width + inner, height + inner, kWhite);
    }
    draw_image(canvas, at, bytes.data() + i * at.channels * at.height * at.width, x + at.frame, y + at.frame);
    if (!options.labels.empty()) draw_label(canvas, at, options.labels[n], x, y + height + 2 * at.frame);
  }
  io::write_bytes(path, canvas.png(path));
}

}  // namespace xtape::pictures
