// UTF-8, which names in files have to be, and texts of files as messages quote them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xtape::io {

bool is_utf8(std::string_view text);

/// `text` of a file for a message: bytes that are not UTF-8, control characters, quotes and those characters
/// that a terminal would obey rather than show are escaped, and what is longer than `most` bytes is cut, with
/// its length behind.
std::string printable(std::string_view text, std::size_t most = 80);

/// Names of a file for a message, each printable and in quotes, with commas between them: the first `most`,
/// and how many more there are.
std::string printable_list(const std::vector<std::string>& names, std::size_t most = 1000);

}  // namespace xtape::io
