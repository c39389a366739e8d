// Reading by position, so that a file that shrinks meanwhile is noticed as one that ends early.
#include "io/input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "autograd/base/error.hpp"

namespace xtape::io {

namespace fs = std::filesystem;

std::size_t Input::read_some(void* out, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const std::size_t got = read_next(static_cast<std::byte*>(out) + done, count - done);
    if (got == 0) break;
    done += got;
    position_ += got;
  }
  return done;
}

std::vector<std::uint8_t> Input::read_up_to(std::uint64_t count) {
  constexpr std::uint64_t kFirst = 1 << 14;
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < count) {
    const std::size_t before = bytes.size();
    const std::uint64_t wanted = std::min(std::max<std::uint64_t>(kFirst, before), count - before);
    bytes.resize(before + static_cast<std::size_t>(wanted));
    const std::size_t got = read_some(bytes.data() + before, bytes.size() - before);
    bytes.resize(before + got);
    if (got < wanted) break;
  }
  return bytes;
}

std::uint64_t Input::skip(std::uint64_t count) {
  std::array<std::byte, 4096> scratch;
  std::uint64_t done = 0;
  while (done < count) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(scratch.size(), count - done));
    const std::size_t got = read_some(scratch.data(), wanted);
    done += got;
    if (got < wanted) break;
  }
  return done;
}

void SizedInput::read(void* out, std::size_t count) {
  check(count <= remaining(), "{}: the file ends early: {} bytes are missing", name(), count - remaining());
  read_some(out, count);
}

std::string SizedInput::read_text(std::size_t count) {
  check(count <= remaining(), "{}: the file ends early: {} bytes are missing", name(), count - remaining());
  std::string text(count, '\0');
  read(text.data(), count);
  return text;
}

std::uint64_t SizedInput::skip(std::uint64_t count) {
  const std::uint64_t done = std::min(count, remaining());
  set_position(position() + done);
  return done;
}

void SizedInput::seek(std::uint64_t position) {
  check(position <= size_, "{}: byte {} is behind the end of the file, which has {}", name(), position,
        size_);
  set_position(position);
}

std::string SizedInput::beginning(std::size_t count) {
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_)), '\0');
  if (!bytes.empty()) read_at(0, bytes.data(), bytes.size());
  return bytes;
}

std::size_t SizedInput::read_next(void* out, std::size_t count) {
  const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(count, remaining()));
  if (there > 0) read_at(position(), out, there);
  return there;
}

FileInput::Opened FileInput::open_file(const fs::path& path) {
  const std::string name = path.string();
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  check(status.type() != fs::file_type::not_found, "{}: no such file", name);
  check(status.type() != fs::file_type::none, "{}: cannot be read: {}", name, error.message());
  check(!fs::is_directory(status), "{}: is a directory; expected a file", name);
  check(fs::is_regular_file(status), "{}: is not a regular file", name);

  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  check(descriptor >= 0, "{}: cannot be opened: {}", name, std::strerror(errno));
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) {
    const int fault = errno;
    ::close(descriptor);
    throw Error(fmt::format("{}: cannot be read: {}", name, std::strerror(fault)));
  }
  return {descriptor, static_cast<std::uint64_t>(facts.st_size)};
}

FileInput::FileInput(const fs::path& path) : FileInput(path, open_file(path)) {}

FileInput::~FileInput() { ::close(descriptor_); }

void FileInput::read_at(std::uint64_t position, void* out, std::size_t count) {
  constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // Linux hands out 2 GiB at most
  auto* bytes = static_cast<std::byte*>(out);
  while (count > 0) {
    const ssize_t got =
        ::pread(descriptor_, bytes, std::min(count, kMostAtOnce), static_cast<off_t>(position));
    if (got < 0 && errno == EINTR) continue;
    check(got >= 0, "{}: cannot be read: {}", name(), std::strerror(errno));
    check(got > 0, "{}: the file ends early: it has shrunk while it was read", name());
    bytes += got;
    position += static_cast<std::uint64_t>(got);
    count -= static_cast<std::size_t>(got);
  }
}

void MemoryInput::read_at(std::uint64_t position, void* out, std::size_t count) {
  std::memcpy(out, bytes_.data() + position, count);
}

}  // namespace xtape::io
