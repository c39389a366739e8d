// The loops behind SimdTable, on xsimd batches of one architecture. Included only by baseline.cpp and
// avx2.cpp. Every function here is a template on Arch: an untagged inline function would be merged by
// the linker across instruction sets.
#pragma once

#include <type_traits>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/activations.hpp"
#include "autograd/kernels/simd/fold_loops.hpp"
#include "autograd/kernels/simd/functions.hpp"
#include "autograd/kernels/simd/part.hpp"
#include "autograd/kernels/simd/recurrent_loops.hpp"
#include "autograd/kernels/simd/rounding.hpp"
#include "autograd/kernels/simd/softmax_loops.hpp"
#include "autograd/kernels/simd/standardize_loops.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels::loops {

template <class Arch, class T, class F>
void unary(const T* x, T* y, std::int64_t n, T a, T b) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  const B va(a), vb(b);
  std::int64_t i = 0;
  for (; i + width <= n; i += width) F::run(B::load_unaligned(x + i), va, vb).store_unaligned(y + i);
  if (i < n) store_part(F::run(load_part<B>(x + i, n - i, T(1)), va, vb), y + i, n - i);
}

/// sin and cos by libm: xsimd's reduce large arguments in functions that carry no instruction set in their
/// names.
template <class Arch, class T, bool sine>
void trigonometric(const T* x, T* y, std::int64_t n, T, T) {
  for (std::int64_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<T, float>) {
      y[i] = sine ? __builtin_sinf(x[i]) : __builtin_cosf(x[i]);
    } else {
      static_assert(std::is_same_v<T, double>);
      y[i] = sine ? __builtin_sin(x[i]) : __builtin_cos(x[i]);
    }
  }
}

enum class Operands { both, scalar_right, scalar_left };

template <class Arch, class T, class F, Operands kind>
void binary(const T* x, const T* y, T* out, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  constexpr bool x_moves = kind != Operands::scalar_left, y_moves = kind != Operands::scalar_right;
  if (n <= 0) return;
  const B first_x(*x), first_y(*y);
  std::int64_t i = 0;
  for (; i + width <= n; i += width) {
    const B vx = x_moves ? B::load_unaligned(x + i) : first_x;
    const B vy = y_moves ? B::load_unaligned(y + i) : first_y;
    F::run(vx, vy).store_unaligned(out + i);
  }
  if (i < n) {
    const B vx = x_moves ? load_part<B>(x + i, n - i, T(1)) : first_x;
    const B vy = y_moves ? load_part<B>(y + i, n - i, T(1)) : first_y;
    store_part(F::run(vx, vy), out + i, n - i);
  }
}

template <class Arch, class T>
void add_scaled(const T* x, T* y, std::int64_t n, T a) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  const B factor(a);
  std::int64_t i = 0;
  for (; i + width <= n; i += width)
    xsimd::fma(factor, B::load_unaligned(x + i), B::load_unaligned(y + i)).store_unaligned(y + i);
  if (i < n)
    store_part(xsimd::fma(factor, load_part<B>(x + i, n - i, T(0)), load_part<B>(y + i, n - i, T(0))), y + i,
               n - i);
}

template <class Arch, class T>
void scaled_difference(const T* x, const T* y, T* out, std::int64_t n, T a) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  const B factor(a);
  std::int64_t i = 0;
  for (; i + width <= n; i += width)
    (factor * (B::load_unaligned(x + i) - B::load_unaligned(y + i))).store_unaligned(out + i);
  if (i < n)
    store_part(factor * (load_part<B>(x + i, n - i, T(0)) - load_part<B>(y + i, n - i, T(0))), out + i,
               n - i);
}

/// a^b: by libm, element by element; xsimd's power loses digits for large exponents.
template <class Arch, class T, Operands kind>
void power(const T* x, const T* y, T* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const T a = x[kind == Operands::scalar_left ? 0 : i], b = y[kind == Operands::scalar_right ? 0 : i];
    if constexpr (std::is_same_v<T, float>) {
      out[i] = b == 2 ? a * a : __builtin_powf(a, b);
    } else {
      static_assert(std::is_same_v<T, double>);
      out[i] = b == 2 ? a * a : __builtin_pow(a, b);
    }
  }
}

template <class Arch, class T, Unary kind>
constexpr auto unary_loop() {
  if constexpr (kind == Unary::sin || kind == Unary::cos)
    return &trigonometric<Arch, T, kind == Unary::sin>;
  else
    return &unary<Arch, T, UnaryFunction<kind>>;
}

template <class Arch, class T, Binary kind, Operands operands>
constexpr auto binary_loop() {
  if constexpr (kind == Binary::pow)
    return &power<Arch, T, operands>;
  else
    return &binary<Arch, T, BinaryFunction<kind>, operands>;
}

// The enumerators are the places in the tables.
template <class Arch, class T, std::size_t... I>
constexpr auto unary_loops(std::index_sequence<I...>) {
  return decltype(SimdTable<T>::unary){unary_loop<Arch, T, Unary(I)>()...};
}
template <class Arch, class T, Operands operands, std::size_t... I>
constexpr auto binary_loops(std::index_sequence<I...>) {
  return decltype(SimdTable<T>::binary){binary_loop<Arch, T, Binary(I), operands>()...};
}

template <class Arch, class T>
constexpr SimdTable<T> make_table() {
  constexpr std::make_index_sequence<std::size_t(Unary::count)> every_unary;
  constexpr std::make_index_sequence<std::size_t(Binary::count)> every_binary;
  return {.unary = unary_loops<Arch, T>(every_unary),
          .binary = binary_loops<Arch, T, Operands::both>(every_binary),
          .binary_scalar = binary_loops<Arch, T, Operands::scalar_right>(every_binary),
          .scalar_binary = binary_loops<Arch, T, Operands::scalar_left>(every_binary),
          .add_scaled = &add_scaled<Arch, T>,
          .sum = &sum<Arch, T, Itself>,
          .sum_squares = &sum<Arch, T, Squared>,
          .squared_distance = &squared_distance<Arch, T>,
          .scaled_difference = &scaled_difference<Arch, T>,
          .sum_columns = &sum_columns<Arch, T>,
          .max = &extremum<Arch, T, Greater>,
          .min = &extremum<Arch, T, Less>,
          .softmax = &softmax<Arch, T>,
          .log_softmax = &log_softmax<Arch, T>,
          .softmax_backward = &softmax_backward<Arch, T>,
          .log_softmax_backward = &log_softmax_backward<Arch, T>,
          .moments = &moments<Arch, T>,
          .moments_beside = &moments_beside<Arch, T>,
          .standardize = &standardize<Arch, T>,
          .standardize_backward = &standardize_backward<Arch, T>,
          .standardize_backward_row = &standardize_backward_row<Arch, T>,
          .lstm = &lstm<Arch, T>,
          .lstm_backward = &lstm_backward<Arch, T>,
          .gru = &gru<Arch, T>,
          .gru_backward = &gru_backward<Arch, T>};
}

}  // namespace xtape::kernels::loops
