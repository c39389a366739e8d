// The one exception type of the library, and check(), the one way to throw it.
#pragma once

#include <fmt/core.h>  // not format.h, which costs every user's file a third more to compile

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

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
class TextFormatter : public fmt::formatter<fmt::string_view> {
 protected:
  template <class Context>
  auto write(std::string_view text, Context& context) const {
    if constexpr (std::is_same_v<Context, fmt::format_context>) {
      return write_text(text, context);
    } else {  // of fmt::to_string and the like, whose callers include format.h
      return fmt::formatter<fmt::string_view>::format(fmt::string_view(text.data(), text.size()), context);
    }
  }

 private:
  fmt::format_context::iterator write_text(std::string_view text, fmt::format_context& context) const;
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
