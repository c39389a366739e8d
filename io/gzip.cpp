// Inflating a stream of gzip members, as `cat a.gz b.gz` makes them.
#include "io/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "autograd/base/error.hpp"

namespace xtape::io {

namespace {

constexpr std::uint64_t kMostPacked = std::uint64_t{1} << 16;
constexpr int kGzipOnly = 16 + MAX_WBITS;

}  // namespace

std::uint64_t unpack_limit(std::uint64_t packed, std::optional<std::uint64_t> max_bytes) {
  constexpr std::uint64_t kAlways = std::uint64_t{256} << 20, kTimes = 64;
  if (max_bytes) return *max_bytes;
  const bool fits = packed <= std::numeric_limits<std::uint64_t>::max() / kTimes;
  return fits ? std::max(kAlways, kTimes * packed) : packed;
}

struct GzipInput::Inflate {
  explicit Inflate(std::uint64_t size) : packed(static_cast<std::size_t>(std::min(size, kMostPacked))) {
    check(inflateInit2(&stream, kGzipOnly) == Z_OK, "inflate: out of memory");
  }
  ~Inflate() { inflateEnd(&stream); }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  z_stream stream{};
  std::vector<std::uint8_t> packed;
  bool done = false;
};

GzipInput::GzipInput(SizedInput& source, std::optional<std::uint64_t> max_bytes)
    : Input(source.name()), source_(source), limit_(unpack_limit(source.size(), max_bytes)) {
  if (source.beginning(2) == "\x1f\x8b") inflate_ = std::make_unique<Inflate>(source.size());
}

GzipInput::~GzipInput() = default;

std::size_t GzipInput::read_next(void* out, std::size_t count) {
  if (!inflate_) return source_.read_some(out, count);
  if (inflate_->done) return 0;
  // One byte beyond the limit shows that the stream goes on.
  const std::uint64_t room = limit_ - position();
  if (room < count) count = static_cast<std::size_t>(room) + 1;
  const std::size_t got = inflate_some(out, count);
  check(got <= room,
        "{}: unpacks to more than the {} bytes allowed for a file of {}; the option max_bytes sets it",
        name(), limit_, source_.size());
  return got;
}

std::size_t GzipInput::inflate_some(void* out, std::size_t count) {
  z_stream& stream = inflate_->stream;
  const auto room = static_cast<uInt>(std::min<std::size_t>(count, std::numeric_limits<uInt>::max()));
  stream.next_out = static_cast<Bytef*>(out);
  stream.avail_out = room;
  while (stream.avail_out == room) {
    if (stream.avail_in == 0) refill();
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      inflate_->done = !begin_next_member();
      if (inflate_->done) break;
      continue;
    }
    check(code != Z_MEM_ERROR, "{}: out of memory", name());
    check(code == Z_OK || code == Z_BUF_ERROR, "{}: corrupt gzip: {}", name(),
          stream.msg ? stream.msg : "a dictionary is asked for");
    check(stream.avail_out < room || stream.avail_in > 0 || source_.remaining() > 0,
          "{}: corrupt gzip: the file ends early", name());
  }
  return room - stream.avail_out;
}

void GzipInput::refill() {
  inflate_->stream.next_in = inflate_->packed.data();
  inflate_->stream.avail_in =
      static_cast<uInt>(source_.read_some(inflate_->packed.data(), inflate_->packed.size()));
}

bool GzipInput::begin_next_member() {
  z_stream& stream = inflate_->stream;
  while (true) {  // tapes pad with zeros
    if (stream.avail_in == 0) refill();
    if (stream.avail_in == 0) return false;
    if (*stream.next_in != 0) break;
    ++stream.next_in;
    --stream.avail_in;
  }
  check(*stream.next_in == 0x1f, "{}: corrupt gzip: trailing bytes behind its end", name());
  inflateReset(&stream);
  return true;
}

}  // namespace xtape::io
