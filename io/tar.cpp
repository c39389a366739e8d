// Blocks of 512 bytes: a header for each member, then its data, padded to whole blocks.
#include "io/tar.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "autograd/base/error.hpp"
#include "io/file_kind.hpp"
#include "io/utf8.hpp"

namespace xtape::io {

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kMostPadding = std::uint64_t{1} << 20;  // tapes have blocks of some KiB

class Header {
 public:
  /// False at the end of the file.
  bool read(Input& file) {
    const std::size_t got = file.read_some(block_.data(), kBlock);
    check(got == 0 || got == kBlock, "{}: the tar archive ends within a header", file.name());
    return got == kBlock;
  }

  bool is_end() const {
    return std::all_of(block_.begin(), block_.end(), [](std::uint8_t byte) { return byte == 0; });
  }
  bool is_regular() const { return type() == '0' || type() == '\0'; }

  /// The sum of all bytes, with the checksum's own field taken as spaces.
  bool is_intact() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : block_[i];
    std::uint64_t stored = 0;
    return parse_octal(148, 8, stored) && stored == sum;
  }

  /// Says what the file is, if it is known and not a tar archive.
  void check_kind(const std::string& name) const {
    const std::string_view bytes(reinterpret_cast<const char*>(block_.data()), kBlock);
    if (kind_of(bytes) != kTar) io::check_kind(bytes, name, "a tar archive");
  }

  bool parse_size(std::uint64_t& size) const { return parse_octal(124, 12, size); }

  std::string file_name() const {
    const std::string_view path = text(0, 100);
    return std::string(path.substr(path.find_last_of('/') + 1));
  }

 private:
  char type() const { return static_cast<char>(block_[156]); }

  std::string_view text(std::size_t offset, std::size_t size) const {
    const std::string_view field(reinterpret_cast<const char*>(block_.data()) + offset, size);
    return field.substr(0, field.find('\0'));
  }

  bool parse_octal(std::size_t offset, std::size_t size, std::uint64_t& value) const {
    std::string_view digits = text(offset, size);
    digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
    digits = digits.substr(0, digits.find(' '));
    value = 0;
    for (char digit : digits) {
      if (digit < '0' || digit > '7') return false;
      value = value * 8 + static_cast<std::uint64_t>(digit - '0');  // 12 digits are 36 bits
    }
    return !digits.empty();
  }

  std::array<std::uint8_t, kBlock> block_;
};

}  // namespace

void for_each_tar_member(Input& file, const std::function<void(const TarMember&)>& visit) {
  Header header;
  while (header.read(file) && !header.is_end()) {
    std::uint64_t size = 0;
    if (!header.is_intact()) header.check_kind(file.name());
    check(header.is_intact() && header.parse_size(size),
          "{}: is not a tar archive, or a header in it is damaged", file.name());
    const std::string name = header.file_name();
    std::uint64_t left = size;
    if (header.is_regular()) {
      visit({name, size, [&] {
               std::vector<std::uint8_t> bytes = file.read_up_to(left);
               left -= bytes.size();
               check(left == 0, "{}: the tar archive ends within {}", file.name(), printable(name));
               return bytes;
             }});
    }
    left += (kBlock - size % kBlock) % kBlock;
    check(file.skip(left) == left, "{}: the tar archive ends within {}", file.name(), printable(name));
  }
  // A gzip is verified at its very end.
  check(file.skip(kMostPadding + 1) <= kMostPadding,
        "{}: goes on for more than {} bytes behind the end of the tar archive", file.name(), kMostPadding);
}

}  // namespace xtape::io
