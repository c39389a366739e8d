// The list of a struct's fields: one place from which saving, loading, groups that override and access by
// name follow. A field that is forgotten there is a compile error.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include "autograd/base/members.hpp"

namespace xtape::optim {

/// A member of the struct `S` that holds options. `override` is the member of a parameter group's struct that
/// takes its place where it is set.
template <class S, class T, class Override = std::nullptr_t>
struct Field {
  std::string_view name;
  T S::*member;
  Override override;
  std::string_view saved;  ///< its name in a state dict; "" where it is not saved

  constexpr Field saved_as(std::string_view other) const { return {name, member, override, other}; }
  constexpr Field unsaved() const { return saved_as(""); }
};

/// field("gamma", &StepLROptions::gamma)
template <class S, class T>
constexpr Field<S, T> field(std::string_view name, T S::*member) {
  return {name, member, nullptr, name};
}
/// field("lr", &SGDOptions::lr, &SGDParamGroup::lr)
template <class S, class T, class Group, class U>
constexpr Field<S, T, U Group::*> field(std::string_view name, T S::*member, U Group::*override) {
  return {name, member, override, name};
}

/// What fields() gives: calls a function with all fields. A closure, since std::tuple takes far longer to
/// compile.
template <class... F>
constexpr auto list_fields(const F&... fields) {
  return [=](const auto& f) { return f(fields...); };
}

/// A struct whose static function fields() lists its fields.
template <class S>
concept Listed = requires {
  S::fields();
};

/// Calls f(field, value of that member) for each field of `s`.
template <class S, class F>
void each_field(S& s, const F& f) {
  std::remove_const_t<S>::fields()([&](const auto&... fields) { (f(fields, s.*fields.member), ...); });
}

template <class A, class B>
constexpr bool is_same_field(const A& a, const B& b) {
  if (a.name == b.name || (!a.saved.empty() && a.saved == b.saved)) return true;
  if constexpr (std::is_same_v<decltype(a.member), decltype(b.member)>)
    if (a.member == b.member) return true;
  if constexpr (std::is_same_v<decltype(a.override), decltype(b.override)> &&
                !std::is_null_pointer_v<decltype(a.override)>)
    if (a.override == b.override) return true;
  return false;
}

/// Whether fields() lists each member of S once, under a name of its own.
template <class S>
constexpr bool lists_every_member() {
  const auto times = [](const auto& field) {
    return S::fields()(
        [&](const auto&... others) { return (static_cast<int>(is_same_field(field, others)) + ...); });
  };
  return S::fields()([&](const auto&... fields) {
    return ((times(fields) == 1) && ...) && sizeof...(fields) == xtape::detail::count_members<S>();
  });
}

/// Whether the fields of S name an override for each member, and Group has no others but params and
/// initial_lr.
template <class S, class Group>
constexpr bool overrides_every_member() {
  const bool all = S::fields()(
      [](const auto&... fields) { return (!std::is_null_pointer_v<decltype(fields.override)> && ...); });
  return all && xtape::detail::count_members<Group>() == xtape::detail::count_members<S>() + 2;
}

}  // namespace xtape::optim
