// Range: what a loop can go through. <ranges> would say the same, and takes every user's file a tenth of a
// second to compile.
#pragma once

#include <concepts>
#include <iterator>
#include <type_traits>
#include <utility>

namespace xtape::detail {

template <class T>
concept Range = requires(const T& range) {
  std::begin(range) != std::end(range);
  *std::begin(range);
};

template <Range R>
using RangeValue = std::remove_cvref_t<decltype(*std::begin(std::declval<const R&>()))>;

}  // namespace xtape::detail
