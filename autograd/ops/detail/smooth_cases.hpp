// Cases that suit every smooth elementwise function.
#pragma once

#include "autograd/check/op_catalog.hpp"

namespace xtape::detail {

/// Of one tensor, with values in [low, high), and the special ones.
template <class O>
op::Cases<O> smooth_cases(double low, double high, const std::vector<double>& special, const O& op = {}) {
  return op::Cases<O>()
      .add({.inputs = {{2, 3}}, .low = low, .high = high}, op)
      .add({.inputs = {{}}, .low = low, .high = high}, op)
      .add({.inputs = {{0, 3}}}, op)
      .add({.special = special}, op);
}

/// Of two tensors.
template <class O>
op::Cases<O> smooth_pairs(double low, double high, const std::vector<double>& special) {
  const auto of = [&](const Shape& a, const Shape& b) {
    return op::Case{.inputs = {a, b}, .low = low, .high = high};
  };
  return {of({2, 3}, {2, 3}),   of({2, 3}, {3}),
          of({2, 1}, {1, 3}),   of({}, {2, 3}),
          of({}, {}),           of({0, 3}, {3}),
          {.special = special}, {.inputs = {{2}, {3}}, .error = "sizes 2 and 3 differ"}};
}

}  // namespace xtape::detail
