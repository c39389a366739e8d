// The bytes of one entry of a zip archive. Memory grows with what arrives: the sizes are only claims until
// then.
#include <zlib.h>

#include <algorithm>

#include "autograd/base/error.hpp"
#include "io/gzip.hpp"
#include "io/utf8.hpp"
#include "io/zip/reader.hpp"

namespace xtape::io {

namespace {

constexpr std::uint64_t kBlock = std::uint64_t{1} << 16;

std::vector<std::byte> read_stored(SizedInput& file, const ZipEntry& entry) {
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(entry.size));  // the directory's checks: the file holds it
  file.read(bytes.data(), bytes.size());
  return bytes;
}

class Inflater {
 public:
  explicit Inflater(std::uint64_t most) : block_(static_cast<std::size_t>(std::min(kBlock, most))) {
    check(inflateInit2(&stream_, -MAX_WBITS) == Z_OK, "inflate: out of memory");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Appends what `packed` gives, up to `most` bytes in all. Gives zlib's code, Z_OK where more must follow.
  int inflate_some(std::vector<std::byte>& packed, std::vector<std::byte>& out, std::uint64_t most) {
    stream_.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (true) {
      const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(block_.size(), most - out.size()));
      if (room == 0) return Z_BUF_ERROR;
      stream_.next_out = reinterpret_cast<Bytef*>(block_.data());
      stream_.avail_out = static_cast<uInt>(room);
      const int code = inflate(&stream_, Z_NO_FLUSH);
      out.insert(out.end(), block_.begin(),
                 block_.begin() + static_cast<std::ptrdiff_t>(room - stream_.avail_out));
      const bool wants_input = stream_.avail_in == 0 && stream_.avail_out > 0;
      if (wants_input && code == Z_BUF_ERROR) return Z_OK;  // the last block of output was just full
      if (wants_input || code != Z_OK) return code;
    }
  }
  std::size_t unread() const { return stream_.avail_in; }

 private:
  z_stream stream_{};
  std::vector<std::byte> block_;
};

std::vector<std::byte> read_deflated(SizedInput& file, const ZipEntry& entry) {
  Inflater inflater(entry.size + 1);
  std::vector<std::byte> bytes, packed;
  int code = Z_OK;
  std::uint64_t left = entry.packed_size;
  while (left > 0 && code == Z_OK) {
    packed.resize(static_cast<std::size_t>(std::min(left, kBlock)));
    file.read(packed.data(), packed.size());
    left -= packed.size();
    code = inflater.inflate_some(packed, bytes, entry.size + 1);  // one more shows a stream that goes on
  }
  check(code == Z_STREAM_END && left == 0 && inflater.unread() == 0 && bytes.size() == entry.size,
        "{}: \"{}\" is damaged: it does not unpack to its {} bytes", file.name(), printable(entry.name),
        entry.size);
  return bytes;
}

std::uint32_t crc_of(std::uint32_t crc, const std::vector<std::byte>& bytes) {
  return static_cast<std::uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void check_crc(const SizedInput& file, const ZipEntry& entry, std::uint32_t crc) {
  check(crc == entry.crc, "{}: \"{}\" is damaged: its checksum is {:08x}; expected {:08x}", file.name(),
        printable(entry.name), crc, entry.crc);
}

}  // namespace

void check_unpacked_size(const SizedInput& file, const std::vector<ZipEntry>& entries,
                         std::optional<std::uint64_t> max_bytes) {
  const std::uint64_t limit = unpack_limit(file.size(), max_bytes);
  std::uint64_t left = limit;
  for (const ZipEntry& entry : entries) {
    check(entry.size <= left,
          "{}: unpacks to more than the {} bytes allowed for a file of {}; the option max_bytes sets it",
          file.name(), limit, file.size());
    left -= entry.size;
  }
}

void check_stored_entry(SizedInput& file, const ZipEntry& entry) {
  file.seek(entry.data);
  std::vector<std::byte> block;
  std::uint32_t crc = 0;
  for (std::uint64_t left = entry.size; left > 0; left -= block.size()) {
    block.resize(static_cast<std::size_t>(std::min(left, kBlock)));
    file.read(block.data(), block.size());
    crc = crc_of(crc, block);
  }
  check_crc(file, entry, crc);
}

std::vector<std::byte> read_zip_entry(SizedInput& file, const ZipEntry& entry) {
  file.seek(entry.data);
  std::vector<std::byte> bytes = entry.deflated ? read_deflated(file, entry) : read_stored(file, entry);
  check_crc(file, entry, crc_of(0, bytes));
  return bytes;
}

}  // namespace xtape::io
