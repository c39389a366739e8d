// One character after another; RFC 3629 says which bytes make one.
#include "io/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace xtape::io {

namespace {

struct Character {
  std::uint32_t code;
  std::size_t bytes;  // 0 where they are not UTF-8
};

/// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(text[i])}; };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {lead, 0};
  std::uint32_t code = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 0};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xd800 && code < 0xe000;
  return {code, code < kLeast[bytes] || code > 0x10ffff || is_surrogate ? 0 : bytes};
}

/// Characters without a shape of their own, which move, hide or turn what stands around them.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

std::string escaped(std::string_view text, const Character& c) {
  if (c.bytes == 0) return fmt::format("\\x{:02x}", c.code);
  if (c.code == '\n') return "\\n";
  if (c.code == '\t') return "\\t";
  if (c.code == '\r') return "\\r";
  if (c.code == '"' || c.code == '\\') return {'\\', static_cast<char>(c.code)};
  if (!is_control(c.code)) return std::string(text.substr(0, c.bytes));
  return c.code < 0x80 ? fmt::format("\\x{:02x}", c.code) : fmt::format("\\u{{{:x}}}", c.code);
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = first_character(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t most) {
  const std::size_t size = text.size();
  std::string result;
  while (!text.empty()) {
    const Character c = first_character(text);
    const std::string next = escaped(text, c);
    if (result.size() + next.size() > most) return result + fmt::format("... ({} bytes)", size);
    result += next;
    text.remove_prefix(c.bytes == 0 ? 1 : c.bytes);
  }
  return result;
}

std::string printable_list(const std::vector<std::string>& names, std::size_t most) {
  std::string result;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    result += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", printable(names[i]));
  }
  return names.size() <= most ? result : result + fmt::format(", and {} more", names.size() - most);
}

}  // namespace xtape::io
