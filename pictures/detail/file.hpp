// Files of pictures: names and writing. A picture replaces its predecessor whole or not at all.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace xtape::pictures::detail {

/// Throws unless `path` ends in `.ending`.
void check_ending(const std::string& path, std::string_view ending);

/// Writes the file whole or not at all. Throws an Error that names `path`.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace xtape::pictures::detail
