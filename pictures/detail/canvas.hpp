// Canvas: a picture in memory, three bytes a pixel, that becomes a PNG file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xtape::pictures::detail {

using Colour = std::array<std::uint8_t, 3>;  ///< red, green, blue

class Canvas {
 public:
  Canvas(std::int64_t width, std::int64_t height, Colour background);

  void rectangle(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height, Colour colour);
  /// A text from its upper left corner, each of its pixels `scale` a side.
  void text(std::int64_t x, std::int64_t y, std::string_view text, std::int64_t scale, Colour colour);

  /// The file's bytes; `path` is for messages.
  std::string png(const std::string& path) const;

 private:
  std::int64_t width_, height_;
  std::vector<std::uint8_t> bytes_;
};

/// The PNG file of 8-bit pixels, row by row: grey (one channel) or red, green, blue (three).
std::string encode_png(const std::string& path, const std::uint8_t* pixels, std::int64_t width,
                       std::int64_t height, int channels);

}  // namespace xtape::pictures::detail
