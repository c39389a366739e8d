// The loops behind SimdTable, on xsimd batches of one architecture. Included only by baseline.cpp and
// avx2.cpp. Every function here is a template on Arch: an untagged inline function would be merged by
// the linker across instruction sets.
#pragma once

#include <type_traits>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/fold_loops.hpp"
#include "autograd/kernels/simd/functions.hpp"
#include "autograd/kernels/simd/gemm_loops.hpp"
#include "autograd/kernels/simd/part.hpp"
#include "autograd/kernels/simd/softmax_loops.hpp"
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

template <class Arch, class T, Operands kind>
constexpr auto binary_loops() {
  return decltype(SimdTable<T>::binary){&binary<Arch, T, Add, kind>,
                                        &binary<Arch, T, Sub, kind>,
                                        &binary<Arch, T, Mul, kind>,
                                        &binary<Arch, T, Div, kind>,
                                        &binary<Arch, T, Maximum, kind>,
                                        &binary<Arch, T, Minimum, kind>,
                                        &power<Arch, T, kind>,
                                        &binary<Arch, T, Gate, kind>,
                                        &binary<Arch, T, TanhBackward, kind>,
                                        &binary<Arch, T, SigmoidBackward, kind>};
}

template <class Arch, class T>
constexpr SimdTable<T> make_table() {
  return {
      .unary = {&unary<Arch, T, Neg>,           &unary<Arch, T, Abs>,        &unary<Arch, T, Sign>,
                &unary<Arch, T, Square>,        &unary<Arch, T, Reciprocal>, &unary<Arch, T, Sqrt>,
                &unary<Arch, T, Rsqrt>,         &unary<Arch, T, Exp>,        &unary<Arch, T, Log>,
                &unary<Arch, T, Log1p>,         &unary<Arch, T, Expm1>,      &trigonometric<Arch, T, true>,
                &trigonometric<Arch, T, false>, &unary<Arch, T, Tanh>,       &unary<Arch, T, Sigmoid>,
                &unary<Arch, T, Erf>,           &unary<Arch, T, Relu>,       &unary<Arch, T, LeakyRelu>,
                &unary<Arch, T, Elu>,           &unary<Arch, T, Silu>,       &unary<Arch, T, Softplus>,
                &unary<Arch, T, Gelu>,          &unary<Arch, T, GeluTanh>},
      .binary = binary_loops<Arch, T, Operands::both>(),
      .binary_scalar = binary_loops<Arch, T, Operands::scalar_right>(),
      .scalar_binary = binary_loops<Arch, T, Operands::scalar_left>(),
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
      .gemm = &gemm<Arch, T>};
}

}  // namespace xtape::kernels::loops
