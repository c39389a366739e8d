// Choice: an option that is one of a few words.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "autograd/base/error.hpp"
#include "autograd/base/members.hpp"

namespace xtape::detail {

/// The word of a value; see Choice.
template <class Enum>
constexpr std::string_view word_of(Enum value) {
  return words(value)[static_cast<std::size_t>(value)];
}

/// An enum that may be written as PyTorch's string: `.mode = Mode::max` or `.mode = "max"`. The function
/// words(Enum) gives the strings in the enum's order.
template <class Enum>
class Choice {
 public:
  Choice(Enum value) : value_(value) {}  // NOLINT: implicit, as a string
  template <std::convertible_to<std::string_view> S>
  Choice(const S& text) : text_(std::string_view(text)) {  // NOLINT
    constexpr auto all = words(Enum());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (text_ == all[i]) value_ = static_cast<Enum>(i);
    }
  }

  /// Throws for another word: `ReduceLROnPlateau: mode is "less"; expected "min" or "max"`.
  void check_word(std::string_view op, std::string_view option) const {
    constexpr auto all = words(Enum());
    std::string expected;
    for (const std::string_view word : all)
      expected += (expected.empty() ? "\"" : " or \"") + std::string(word) + "\"";
    check(value_.has_value(), "{}: {} is \"{}\"; expected {}", op, option, text_, expected);
  }
  Enum value() const { return value_.value(); }

 private:
  std::optional<Enum> value_;
  std::string text_;
};

}  // namespace xtape::detail

template <class Enum>
inline constexpr bool xtape::detail::takes_anything<xtape::detail::Choice<Enum>> = true;
