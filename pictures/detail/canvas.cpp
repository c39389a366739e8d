// Painting, and PNG by libpng's simplified interface.
#include "pictures/detail/canvas.hpp"

#include <png.h>

#include <algorithm>

#include "autograd/base/error.hpp"
#include "pictures/detail/font.hpp"

namespace xtape::pictures::detail {

Canvas::Canvas(std::int64_t width, std::int64_t height, Colour background)
    : width_(width), height_(height), bytes_(static_cast<std::size_t>(width * height * 3)) {
  rectangle(0, 0, width, height, background);
}

void Canvas::rectangle(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height,
                       Colour colour) {
  const std::int64_t left = std::max<std::int64_t>(x, 0), right = std::min(x + width, width_);
  const std::int64_t bottom = std::min(y + height, height_);
  for (std::int64_t row = std::max<std::int64_t>(y, 0); row < bottom; ++row) {
    auto* pixel = bytes_.data() + (row * width_ + left) * 3;
    for (std::int64_t column = left; column < right; ++column)
      pixel = std::copy(colour.begin(), colour.end(), pixel);
  }
}

void Canvas::text(std::int64_t x, std::int64_t y, std::string_view text, std::int64_t scale, Colour colour) {
  for (char character : text) {
    const Glyph& shape = glyph(character);
    for (int row = 0; row < kGlyphHeight; ++row) {
      for (int column = 0; column < shape.width; ++column) {
        if (shape.is_set(row, column)) rectangle(x + column * scale, y + row * scale, scale, scale, colour);
      }
    }
    x += (shape.width + 1) * scale;
  }
}

std::string Canvas::png(const std::string& path) const {
  return encode_png(path, bytes_.data(), width_, height_, 3);
}

std::string encode_png(const std::string& path, const std::uint8_t* pixels, std::int64_t width,
                       std::int64_t height, int channels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;

  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  const int written = png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels, 0, nullptr);
  const std::string message = image.message;
  png_image_free(&image);
  check(written != 0, "{}: cannot be written: libpng: {}", path, message);
  bytes.resize(size);
  return bytes;
}

}  // namespace xtape::pictures::detail
