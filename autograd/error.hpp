// The one exception type of the library, and check(), the one way to throw it.
#pragma once

#include <fmt/format.h>  // not core.h, which only declares the formatters that those of Shape and DType use

#include <stdexcept>
#include <string>
#include <utility>

namespace xtape {

/// Thrown for every error a caller can cause. The message names the op or the file, what came and what would
/// fit.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Error with a formatted message unless `condition` holds:
/// `check(n == m, "dot: sizes {} and {} differ", n, m)`.
template <class... Args>
void check(bool condition, fmt::format_string<Args...> text, Args&&... args) {
  if (!condition) [[unlikely]]
    throw Error(fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace xtape
