// Rounding, element by element: compilers know the instruction where there is one, and the sign of a zero
// stays, which xsimd loses without SSE4. Included only by loops.hpp.
#pragma once

#include "autograd/kernels/simd/functions.hpp"

namespace xtape::kernels::loops {

template <>
struct UnaryFunction<Unary::floor> {
  template <class B>
  static B run(B x, B, B) {
    return by_element(x, [](auto v) {
      if constexpr (std::is_same_v<decltype(v), double>)
        return __builtin_floor(v);
      else
        return __builtin_floorf(v);
    });
  }
};
template <>
struct UnaryFunction<Unary::ceil> {
  template <class B>
  static B run(B x, B, B) {
    return by_element(x, [](auto v) {
      if constexpr (std::is_same_v<decltype(v), double>)
        return __builtin_ceil(v);
      else
        return __builtin_ceilf(v);
    });
  }
};
template <>
struct UnaryFunction<Unary::trunc> {
  template <class B>
  static B run(B x, B, B) {
    return by_element(x, [](auto v) {
      if constexpr (std::is_same_v<decltype(v), double>)
        return __builtin_trunc(v);
      else
        return __builtin_truncf(v);
    });
  }
};
template <>
struct UnaryFunction<Unary::round> {
  template <class B>
  static B run(B x, B, B) {
    return by_element(x, [](auto v) {
      if constexpr (std::is_same_v<decltype(v), double>)
        return __builtin_nearbyint(v);
      else
        return __builtin_nearbyintf(v);
    });
  }
};

}  // namespace xtape::kernels::loops
