// A temporary file in the same folder, then a rename.
#include "pictures/detail/file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <system_error>

#include <unistd.h>

#include "autograd/error.hpp"

namespace xtape::pictures::detail {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw Error(fmt::format("{}: cannot be written: {}", path, std::strerror(error)));
}

/// The file that is to be replaced: behind symbolic links, and a regular file if there is one.
fs::path target_of(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::exists(path, error) ? fs::canonical(path, error) : fs::path(path);
  if (error) fail(path, error.value());
  if (!fs::exists(target, error)) return target;
  check(fs::is_regular_file(target, error), "{}: cannot be written: is not a regular file", path);
  if (::access(target.c_str(), W_OK) != 0) fail(path, errno);  // a rename would not ask
  return target;
}

/// Whether all bytes reached the file; errno says why not.
bool write_all(std::FILE* file, std::string_view bytes) {
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int error = errno;
  if (std::fclose(file) == 0 && written) return true;
  if (!written) errno = error;
  return false;
}

}  // namespace

void check_ending(const std::string& path, std::string_view ending) {
  const std::string has = fs::path(path).extension().string();
  check(has == ending, "{}: the name of the picture ends in '{}'; expected {}", path, has, ending);
}

void write_file(const std::string& path, std::string_view bytes) {
  const fs::path target = target_of(path);
  std::random_device random;
  const fs::path folder = target.has_parent_path() ? target.parent_path() : ".";
  const fs::path temporary = folder / fmt::format(".xtape-{:08x}{:08x}.tmp", random(), random());
  std::FILE* file = std::fopen(temporary.c_str(), "wbxe");
  if (!file) fail(path, errno);
  if (!write_all(file, bytes) || std::rename(temporary.c_str(), target.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    fail(path, error);
  }
}

}  // namespace xtape::pictures::detail
