// A picture's kind is told by its name alone.
#include "pictures/detail/file.hpp"

#include <filesystem>

#include "autograd/base/error.hpp"

namespace xtape::pictures::detail {

void check_ending(const std::string& path, std::string_view ending) {
  const std::string has = std::filesystem::path(path).extension().string();
  check(has == ending, "{}: the name of the picture ends in '{}'; expected {}", path, has, ending);
}

}  // namespace xtape::pictures::detail
