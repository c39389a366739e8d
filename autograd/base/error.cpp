// Formatting, in one place: fmt/format.h is costly to compile.
#include "autograd/base/error.hpp"

#include <fmt/format.h>

namespace xtape::detail {

void fail(fmt::string_view text, fmt::format_args args) { throw Error(fmt::vformat(text, args)); }

fmt::format_context::iterator TextFormatter::write_text(std::string_view text,
                                                        fmt::format_context& context) const {
  return format({text.data(), text.size()}, context);
}

}  // namespace xtape::detail
