// Pictures are written as every other file is.
#include "pictures/detail/file.hpp"

#include <filesystem>

#include "autograd/error.hpp"
#include "io/atomic_file.hpp"

namespace xtape::pictures::detail {

void check_ending(const std::string& path, std::string_view ending) {
  const std::string has = std::filesystem::path(path).extension().string();
  check(has == ending, "{}: the name of the picture ends in '{}'; expected {}", path, has, ending);
}

void write_file(const std::string& path, std::string_view bytes) {
  io::AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace xtape::pictures::detail
