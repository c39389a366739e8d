// The tensors in what a module takes or gives, as one list, for its hooks.
#pragma once

#include <concepts>
#include <optional>
#include <tuple>
#include <type_traits>
#include <vector>

#include "autograd/base/range.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::nn::detail {

/// A range of other things than itself (a path is a range of paths).
template <class T>
concept List = xtape::detail::Range<T> && !std::same_as<xtape::detail::RangeValue<T>, T>;

/// Adds the tensors in `value` in their order: it may be a tensor, a list, a tuple, a pair or an optional of
/// these, or anything else that std::get takes. What holds none adds none.
template <class T>
void add_tensors(std::vector<Tensor>& tensors, const T& value) {
  if constexpr (std::convertible_to<const T&, const Tensor&>) {
    tensors.push_back(value);
  } else if constexpr (List<T>) {
    for (const auto& item : value) add_tensors(tensors, item);
  } else if constexpr (requires { std::tuple_size<T>::value; }) {
    std::apply([&](const auto&... items) { (add_tensors(tensors, items), ...); }, value);
  } else if constexpr (xtape::detail::Unpackable<T>) {
    T copy = value;
    add_tensors(tensors, copy.tied());
  } else if constexpr (requires {
                         value.has_value();
                         *value;
                       }) {
    if (value.has_value()) add_tensors(tensors, *value);
  }
}

template <class... T>
std::vector<Tensor> tensors_of(const T&... values) {
  std::vector<Tensor> tensors;
  (add_tensors(tensors, values), ...);
  return tensors;
}

}  // namespace xtape::nn::detail
