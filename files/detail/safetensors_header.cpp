// The checks of a safetensors header, in the order of the reference implementation.
#include "files/detail/safetensors_header.hpp"

#include <algorithm>
#include <tuple>

#include "io/file_kind.hpp"
#include "io/little_endian.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

namespace {

/// Where the front is not a length with a JSON text behind, says what the file is. Other formats' magic
/// numbers can be lengths too, so a front that fits is not looked at.
void check_is_safetensors(io::SizedInput& input) {
  const std::string front = input.beginning();
  const bool fits = front.size() > 8 && front[8] == '{' &&
                    io::get<std::uint64_t>(front, 0) <= std::min(kMaxSafetensorsHeader, input.size() - 8);
  if (!fits && io::kind_of(front) != io::kSafetensors)
    io::check_kind(front, input.name(), "a .safetensors file");
}

std::string read_json(io::SizedInput& input) {
  check_is_safetensors(input);
  check(input.size() >= 8, "{}: the file has {} bytes; the length of its header alone takes 8", input.name(),
        input.size());
  const auto length = io::get<std::uint64_t>(input.read_text(8), 0);
  check(length <= kMaxSafetensorsHeader, "{}: the header claims {} bytes; expected at most {}", input.name(),
        length, kMaxSafetensorsHeader);
  check(length <= input.remaining(),
        "{}: the header claims {} bytes, but the file holds {} behind its length", input.name(), length,
        input.remaining());
  return input.read_text(static_cast<std::size_t>(length));
}

void check_places(const std::vector<SafetensorsEntry>& entries, std::uint64_t held, const std::string& file) {
  std::uint64_t end = 0;
  for (const SafetensorsEntry& entry : entries) {
    check(entry.begin == end && entry.end >= entry.begin,
          "{}: tensor \"{}\" has the bytes {} to {}; expected them to begin at {}, where those before it end",
          file, io::printable(entry.name), entry.begin, entry.end, end);
    end = entry.end;
    const std::string what = fmt::format("{}: tensor \"{}\"", file, io::printable(entry.name));
    const std::uint64_t bytes = bytes_of(entry.type, entry.shape, what);
    check(end - entry.begin == bytes, "{}: shape {} takes {} bytes, but its place has {}", what, entry.shape,
          bytes, end - entry.begin);
  }
  check(end <= held, "{}: the file ends early: it holds {} bytes of data; its header claims {}", file, held,
        end);
  check(end == held, "{}: trailing bytes: the file holds {} bytes of data; its header claims {}", file, held,
        end);
}

}  // namespace

SafetensorsHeader read_safetensors_header(io::SizedInput& input) {
  SafetensorsHeader header = parse_safetensors_header(read_json(input), input.name());
  std::stable_sort(header.entries.begin(), header.entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  check_places(header.entries, input.remaining(), input.name());
  return header;
}

}  // namespace xtape::detail
