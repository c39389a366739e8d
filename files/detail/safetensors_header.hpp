// The header of a safetensors file: JSON that says where each tensor stands and what it is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/shape.hpp"
#include "files/detail/elements.hpp"
#include "io/input.hpp"

namespace xtape::detail {

struct SafetensorsEntry {
  std::string name = {};
  ElementType type = ElementType::float32;
  Shape shape = {};
  std::uint64_t begin = 0, end = 0;  ///< bytes, from the end of the header; `end` is not included
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata = {};
  std::vector<SafetensorsEntry> entries = {};
};

/// Longer headers are refused, as by the reference implementation.
inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;

/// Parses the JSON text. Throws, naming `file`, on anything but the format's objects, and where a name
/// appears twice or a dtype has no place in a Tensor. What the offsets say is not looked at.
SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& file);

/// Reads length and JSON, and sorts the entries by their place. Throws unless they fill the rest of the file
/// without holes and overlaps, each with the bytes of its shape and dtype. The next byte is the first of the
/// data.
SafetensorsHeader read_safetensors_header(io::SizedInput& input);

/// The JSON text, padded with spaces to a multiple of 8 bytes. Throws where a text is not UTF-8.
std::string safetensors_json(const SafetensorsHeader& header, const std::string& file);

}  // namespace xtape::detail
