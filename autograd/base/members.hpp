// count_members: how many members a struct has, so that a list of them can be held against it.
#pragma once

#include <cstddef>
#include <optional>

namespace xtape::detail {

/// Whether a type's constructor takes a value of any type: then counting members must not offer a conversion
/// beside it.
template <class T>
inline constexpr bool takes_anything = false;
template <class T>
inline constexpr bool takes_anything<std::optional<T>> = true;

/// Converts to the type of any member.
struct Anything {
  template <class T>
  requires(!takes_anything<T>) operator T() const;  // NOLINT: implicit, and never defined
};

/// How many members the aggregate S has: as many as values fit between its braces.
template <class S, class... Values>
constexpr std::size_t count_members() {
  if constexpr (requires { S{Values()..., Anything()}; })
    return count_members<S, Values..., Anything>();
  else
    return sizeof...(Values);
}

}  // namespace xtape::detail
