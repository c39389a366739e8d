// A small proportional bitmap font for the labels of image grids, drawn for this library.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace xtape::pictures::detail {

/// A character: `width` columns (1 to 5) of 9 rows, the last two below the base line. The lowest bit of a row
/// is its rightmost pixel.
struct Glyph {
  int width;
  std::array<std::uint8_t, 9> rows;

  bool is_set(int row, int column) const {
    return (rows[static_cast<std::size_t>(row)] >> (width - 1 - column) & 1) != 0;
  }
};

inline constexpr int kGlyphHeight = 9;

/// Printable ASCII; '?' for everything else.
const Glyph& glyph(char character);

/// Pixels that a text takes, with one between characters.
int text_width(std::string_view text);

/// The longest beginning of the text that fits.
std::string_view cut_to(std::string_view text, int width);

}  // namespace xtape::pictures::detail
