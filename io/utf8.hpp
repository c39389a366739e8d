// Whether bytes are UTF-8, which names in files have to be.
#pragma once

#include <string>

namespace xtape::io {

bool is_utf8(const std::string& text);

}  // namespace xtape::io
