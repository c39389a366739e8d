// libpng's simplified interface: whatever the file has, it gives eight bits a channel.
#include "pictures/detail/decode.hpp"

#include <png.h>

#include <vector>

#include "autograd/ops/create.hpp"

namespace xtape::pictures::detail {

namespace {

constexpr std::int64_t kMostPixels = 1 << 26;

/// libpng's state, which it frees only where reading has failed or ended.
struct Image : png_image {
  Image() : png_image{} { version = PNG_IMAGE_VERSION; }
  ~Image() { png_image_free(this); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
};

}  // namespace

Tensor decode_png(std::string_view bytes, const std::string& name, std::int64_t channels) {
  Image image;
  check(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0,
        "{}: cannot be read as PNG: {}", name, image.message);
  const std::int64_t height = image.height, width = image.width;
  check(height * width <= kMostPixels, "{}: {} x {} pixels are too many", name, width, height);
  const bool is_grey = channels == 0 ? (image.format & PNG_FORMAT_FLAG_COLOR) == 0 : channels == 1;
  image.format = is_grey ? PNG_FORMAT_GA : PNG_FORMAT_RGBA;  // opacity apart, so that it changes no colour
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  check(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) != 0, "{}: damaged: {}", name,
        image.message);

  const std::int64_t kept = is_grey ? 1 : 3;
  const Tensor result = empty({kept, height, width}, {.dtype = kUInt8});
  auto* out = result.data<std::uint8_t>();
  for (std::int64_t c = 0; c < kept; ++c) {
    for (std::int64_t i = 0; i < height * width; ++i)
      *out++ = pixels[static_cast<std::size_t>(i * (kept + 1) + c)];
  }
  return result;
}

}  // namespace xtape::pictures::detail
