// Entries, each behind a local header, then the directory. Sizes are known before an entry is written, so
// nothing is written twice.
#include "io/zip/writer.hpp"

#include <zlib.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "autograd/base/error.hpp"
#include "io/little_endian.hpp"
#include "io/zip/format.hpp"

namespace xtape::io {

namespace {

constexpr std::uint16_t kVersion = 20, kVersion64 = 45;  // of the format, that a reader must know
constexpr std::uint16_t kUnix = 3 << 8;                  // who made it: the permissions are Unix's
constexpr std::uint32_t kPermissions = 0100644u << 16;   // a regular file, rw-r--r--
constexpr std::uint16_t kTime = 0, kDate = 1 << 5 | 1;   // 1980-01-01, as in numpy's archives

std::uint32_t small(std::uint64_t number, bool large) {
  return large ? zip::kElsewhere32 : static_cast<std::uint32_t>(number);
}

std::uint32_t crc_of(std::uint32_t crc, std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// The extra field of 64-bit numbers; "" where there are none.
std::string extra_field(std::initializer_list<std::uint64_t> numbers) {
  std::string bytes;
  if (numbers.size() == 0) return bytes;
  put(bytes, zip::kExtra64);
  put(bytes, static_cast<std::uint16_t>(8 * numbers.size()));
  for (std::uint64_t number : numbers) put(bytes, number);
  return bytes;
}

class Deflater {
 public:
  Deflater() {
    check(
        deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK,
        "deflate: out of memory");
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// Packs `bytes`; the last ones with `flush` Z_FINISH.
  void add(std::string_view bytes, int flush) {
    constexpr std::size_t kBlock = std::size_t{1} << 18;
    do {
      const std::string_view block = bytes.substr(0, kBlock);
      bytes.remove_prefix(block.size());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
      stream_.avail_in = static_cast<uInt>(block.size());
      do {
        const std::size_t done = packed_.size();
        packed_.resize(done + kBlock);
        stream_.next_out = reinterpret_cast<Bytef*>(packed_.data() + done);
        stream_.avail_out = static_cast<uInt>(kBlock);
        deflate(&stream_, bytes.empty() ? flush : Z_NO_FLUSH);
        packed_.erase(packed_.size() - stream_.avail_out);
      } while (stream_.avail_out == 0);
    } while (!bytes.empty());
  }
  const std::string& packed() const { return packed_; }

 private:
  z_stream stream_{};
  std::string packed_;
};

}  // namespace

void ZipWriter::add(const std::string& name, std::string_view head, std::string_view body) {
  check(name.size() <= 0xffff, "{}: a name has {} bytes; a zip archive takes at most {}", file_.name(),
        name.size(), 0xffff);
  Entry entry{.name = name, .size = head.size() + body.size(), .header = file_.position()};
  entry.crc = crc_of(crc_of(0, head), body);
  if (compressed_) {
    Deflater deflater;
    deflater.add(head, Z_NO_FLUSH);
    deflater.add(body, Z_FINISH);
    entry.packed_size = deflater.packed().size();
    file_.write(local_header(entry));
    file_.write(deflater.packed());
  } else {
    entry.packed_size = entry.size;
    file_.write(local_header(entry));
    file_.write(head);
    file_.write(body);
  }
  entries_.push_back(std::move(entry));
}

/// What both headers of an entry have, from the version that a reader must know to the length of the extra
/// fields.
void ZipWriter::put_common(std::string& bytes, const Entry& entry, std::uint16_t version,
                           std::size_t extra) const {
  const bool ascii =
      std::all_of(entry.name.begin(), entry.name.end(), [](char c) { return (c & 0x80) == 0; });
  put(bytes, version);
  put(bytes, ascii ? std::uint16_t{0} : zip::kUtf8Name);
  put(bytes, compressed_ ? zip::kDeflated : zip::kStored);
  put(bytes, kTime);
  put(bytes, kDate);
  put(bytes, entry.crc);
  put(bytes, small(entry.packed_size, is_large(entry)));
  put(bytes, small(entry.size, is_large(entry)));
  put(bytes, static_cast<std::uint16_t>(entry.name.size()));
  put(bytes, static_cast<std::uint16_t>(extra));
}

std::string ZipWriter::local_header(const Entry& entry) const {
  std::string extra = is_large(entry) ? extra_field({entry.size, entry.packed_size}) : "";
  extra += padding(entry.header + zip::kLocalHeaderSize + entry.name.size() + extra.size());
  std::string bytes;
  put(bytes, zip::kLocalHeader);
  put_common(bytes, entry, is_large(entry) ? kVersion64 : kVersion, extra.size());
  return bytes + entry.name + extra;
}

/// The extra field that moves what would begin at `data` to the next multiple of the alignment.
std::string ZipWriter::padding(std::uint64_t data) const {
  if (alignment_ == 1) return "";
  const std::uint64_t begin = data + 4;  // behind the field's own head
  const auto size = static_cast<std::uint16_t>((alignment_ - begin % alignment_) % alignment_);
  std::string bytes = "FB";
  put(bytes, size);
  return bytes.append(size, 'Z');
}

std::string ZipWriter::directory_header(const Entry& entry) const {
  const bool far = is_large(entry.header);
  const std::string extra = is_large(entry) && far
                                ? extra_field({entry.size, entry.packed_size, entry.header})
                            : is_large(entry) ? extra_field({entry.size, entry.packed_size})
                            : far             ? extra_field({entry.header})
                                              : "";
  std::string bytes;
  put(bytes, zip::kDirectoryHeader);
  const std::uint16_t version = extra.empty() ? kVersion : kVersion64;
  put(bytes, static_cast<std::uint16_t>(kUnix | version));
  put_common(bytes, entry, version, extra.size());
  put(bytes, std::uint16_t{0});  // length of the comment
  put(bytes, std::uint16_t{0});  // part of the archive
  put(bytes, std::uint16_t{0});  // internal attributes
  put(bytes, kPermissions);
  put(bytes, small(entry.header, far));
  return bytes + entry.name + extra;
}

void ZipWriter::finish() {
  const std::uint64_t begin = file_.position();
  for (const Entry& entry : entries_) file_.write(directory_header(entry));
  const std::uint64_t end = file_.position(), size = end - begin, count = entries_.size();

  const bool many = count >= std::min<std::uint64_t>(limit_, zip::kElsewhere16);
  std::string bytes;
  if (many || is_large(begin) || is_large(size)) {
    put(bytes, zip::kDirectoryEnd64);
    put(bytes, std::uint64_t{zip::kDirectoryEnd64Size - 12});  // of what follows
    put(bytes, static_cast<std::uint16_t>(kUnix | kVersion64));
    put(bytes, kVersion64);
    put(bytes, std::uint64_t{0});  // part of the archive, and part where the directory begins
    for (std::uint64_t number : {count, count, size, begin}) put(bytes, number);
    put(bytes, zip::kDirectoryEnd64Locator);
    put(bytes, std::uint32_t{0});
    put(bytes, end);
    put(bytes, std::uint32_t{1});  // parts in all
  }
  put(bytes, zip::kDirectoryEnd);
  put(bytes, std::uint32_t{0});
  for (int twice = 0; twice < 2; ++twice)
    put(bytes, many ? zip::kElsewhere16 : static_cast<std::uint16_t>(count));
  put(bytes, small(size, is_large(size)));
  put(bytes, small(begin, is_large(begin)));
  put(bytes, std::uint16_t{0});  // length of the comment
  file_.write(bytes);
}

}  // namespace xtape::io
