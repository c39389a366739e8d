// Reads a PNG file back through libpng, for the tests of pictures.
#pragma once

#include <png.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "autograd/base/error.hpp"

namespace xtape::testing {

using Pixel = std::array<int, 3>;

struct Picture {
  std::int64_t width = 0, height = 0;
  bool is_grey = false;
  std::vector<std::uint8_t> bytes = {};  // red, green, blue

  Pixel at(std::int64_t x, std::int64_t y) const {
    const auto* pixel = bytes.data() + (y * width + x) * 3;
    return {pixel[0], pixel[1], pixel[2]};
  }
};

inline Picture read_png(const std::filesystem::path& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  check(png_image_begin_read_from_file(&image, path.c_str()) != 0, "{}: {}", path.string(), image.message);
  Picture picture{image.width, image.height, (image.format & PNG_FORMAT_FLAG_COLOR) == 0};
  image.format = PNG_FORMAT_RGB;
  picture.bytes.resize(PNG_IMAGE_SIZE(image));
  check(png_image_finish_read(&image, nullptr, picture.bytes.data(), 0, nullptr) != 0, "{}: {}",
        path.string(), image.message);
  return picture;
}

}  // namespace xtape::testing
