// nlohmann-json validates what it writes.
#include "io/utf8.hpp"

#include <nlohmann/json.hpp>

namespace xtape::io {

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace xtape::io
