// The one exception type of the library, and check(), the one way to throw it.
#pragma once

#include <fmt/core.h>  // not format.h, which costs every user's file a third more to compile

#include <stdexcept>
#include <string>
#include <string_view>

namespace xtape {

/// Thrown for every error a caller can cause. The message names the op or the file, what came and what would
/// fit.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

[[noreturn]] void fail(fmt::string_view text, fmt::format_args args);

/// What the formatters of the library's types are made of: formats a text by the rules for strings.
struct TextFormatter : fmt::formatter<fmt::string_view> {
  fmt::format_context::iterator write(std::string_view text, fmt::format_context& context) const;
};

}  // namespace detail

/// Throws Error with a formatted message unless `condition` holds:
/// `check(n == m, "dot: sizes {} and {} differ", n, m)`.
template <class... Args>
void check(bool condition, fmt::format_string<Args...> text, Args&&... args) {
  if (!condition) [[unlikely]]
    detail::fail(text, fmt::make_format_args(args...));
}

}  // namespace xtape
