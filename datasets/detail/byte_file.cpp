// Reading through zlib, which hands files that are not gzip through unchanged.
#include "datasets/detail/byte_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "autograd/error.hpp"

namespace xtape::datasets::detail {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

gzFile handle(void* file) { return static_cast<gzFile>(file); }

/// zlib reports a stream that ends early only here, not in what gzread returns.
void check_stream(gzFile file, const std::string& name) {
  int code = Z_OK;
  const char* text = gzerror(file, &code);
  check(code != Z_ERRNO, "{}: cannot be read: {}", name, std::strerror(errno));
  check(code != Z_BUF_ERROR, "{}: corrupt gzip: the file ends early", name);
  std::string_view fault = text;
  if (fault.starts_with(name)) fault.remove_prefix(std::min(name.size() + 2, fault.size()));  // "name: fault"
  check(code == Z_OK || code == Z_STREAM_END, "{}: corrupt gzip: {}", name, fault);
}

}  // namespace

ByteFile::ByteFile(const fs::path& path) : name_(path.string()), file_(nullptr) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  check(fs::exists(status), "{}: no such file", name_);
  check(!fs::is_directory(status), "{}: is a directory; expected a file", name_);
  check(fs::is_regular_file(status), "{}: is not a regular file", name_);
  file_ = gzopen(name_.c_str(), "rb");
  check(file_ != nullptr, "{}: cannot be opened: {}", name_, std::strerror(errno));
  gzbuffer(handle(file_), 1 << 18);
}

ByteFile::~ByteFile() {
  if (file_) gzclose(handle(file_));
}

std::size_t ByteFile::read(std::uint8_t* out, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const int got = gzread(handle(file_), out + done, static_cast<unsigned>(std::min(kChunk, count - done)));
    if (got <= 0) {
      check_stream(handle(file_), name_);
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::vector<std::uint8_t> ByteFile::read_up_to(std::uint64_t count) {
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < count) {
    const std::size_t before = bytes.size();
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, count - before));
    bytes.resize(before + wanted);
    const std::size_t got = read(bytes.data() + before, wanted);
    bytes.resize(before + got);
    if (got < wanted) break;
  }
  return bytes;
}

std::uint64_t ByteFile::skip(std::uint64_t count) {
  std::array<std::uint8_t, 4096> scratch;
  std::uint64_t done = 0;
  while (done < count) {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(scratch.size(), count - done));
    const std::size_t got = read(scratch.data(), wanted);
    done += got;
    if (got < wanted) break;
  }
  return done;
}

}  // namespace xtape::datasets::detail
