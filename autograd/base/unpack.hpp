// Several results as a struct with names, which also unpacks as a tuple does: auto [values, indices] =
// x.max(1), std::get<0>(x.max(1)), std::tie(values, std::ignore) = x.max(1).
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace xtape::detail {

/// A struct whose tied() gives references to its members as a tuple.
template <class R>
concept Unpackable = requires(R& results) {
  std::tuple_size<decltype(results.tied())>::value;
};

/// `member` as an element of a tuple; std::ignore where the tuple asks for that.
template <class T, class Member>
T element_of(Member& member) {
  if constexpr (std::is_same_v<std::remove_cvref_t<T>, std::remove_cvref_t<decltype(std::ignore)>>)
    return std::ignore;
  else
    return member;
}

/// std::tuple<T...> of what is tied: what a struct of results converts to.
template <class... T, class... Member>
std::tuple<T...> unpacked(std::tuple<Member&...> tied) {
  return std::apply([](Member&... member) { return std::tuple<T...>(element_of<T>(member)...); }, tied);
}

}  // namespace xtape::detail

// Overloads of a function are not for programs to add to namespace std, but qualified calls find no others.
namespace std {

template <size_t I, xtape::detail::Unpackable R>
auto& get(R& results) {
  return get<I>(results.tied());
}
/// Of a temporary or a constant: a copy of what it holds.
template <size_t I, xtape::detail::Unpackable R>
auto get(const R& results) {
  R copy = results;
  return get<I>(copy.tied());
}

}  // namespace std
