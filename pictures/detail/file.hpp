// The names of pictures' files.
#pragma once

#include <string>
#include <string_view>

namespace xtape::pictures::detail {

/// Throws unless `path` ends in `ending`.
void check_ending(const std::string& path, std::string_view ending);

}  // namespace xtape::pictures::detail
