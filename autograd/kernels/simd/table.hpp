// The hot loops as a table of functions, one table per instruction set and float type; simd() is the table of
// the best set that this processor has (or the baseline, where XTAPE_ISA=baseline stands in the environment).
#pragma once

#include <array>
#include <cstdint>

namespace xtape::kernels {

enum class Unary : int {
  neg,
  abs,
  sign,
  square,
  reciprocal,
  sqrt,
  rsqrt,
  exp,
  log,
  log1p,
  expm1,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
  relu,
  leaky_relu,
  elu,
  silu,
  softplus,
  gelu,
  gelu_tanh,
  hardsigmoid,
  hardswish,
  mish,
  logsigmoid,
  floor,
  ceil,
  trunc,
  round,  // half to even
  count
};

/// gate: 0 where b <= 0, else a, also where b is NaN. The last three are of floats only: a (1 - b^2), a b (1
/// - b), and a times the slope of gelu at b.
enum class Binary : int {
  add,
  sub,
  mul,
  div,
  maximum,
  minimum,
  pow,
  gate,
  tanh_backward,
  sigmoid_backward,
  gelu_backward,
  count
};

/// z = (x - mean) scale + offset. The mean is that of T; what it lacks is in the offset.
template <class T>
struct Standardized {
  T mean, scale, offset;
};
/// dx = scale d + slope (x - mean) + offset
template <class T>
struct StandardizedBackward {
  T mean, scale, slope, offset;
};

/// What the backward of a row reads and writes; the gradients of the weights are added to.
template <class T>
struct StandardizedRow {
  const T *x, *g, *w;
  T *dx, *dw, *db;
};

/// What the gradients of one row of a step read and write, `da` in the order of the gates; dh and dc arrive
/// for the states after the step and leave for those before it, dh still without what comes through the
/// weight.
template <class T>
struct LstmRow {
  const T *gates, *before, *c, *dh;
  T *dc, *da;
};
template <class T>
struct GruRow {
  const T *gates, *q, *before;
  T *dh, *da, *dq;
};

template <class T>
struct SimdTable {
  using UnaryLoop = void (*)(const T* x, T* y, std::int64_t n, T a, T b);  // a, b: parameters, as a slope
  using BinaryLoop = void (*)(const T* x, const T* y, T* out, std::int64_t n);
  using Reduction = double (*)(const T* x, std::int64_t n);
  using RowLoop = void (*)(const T* x, T* y, std::int64_t n);

  std::array<UnaryLoop, static_cast<std::size_t>(Unary::count)> unary;
  std::array<BinaryLoop, static_cast<std::size_t>(Binary::count)> binary;         // x and y both arrays
  std::array<BinaryLoop, static_cast<std::size_t>(Binary::count)> binary_scalar;  // y is one value
  std::array<BinaryLoop, static_cast<std::size_t>(Binary::count)> scalar_binary;  // x is one value
  void (*add_scaled)(const T* x, T* y, std::int64_t n, T a);                      // y += a x
  Reduction sum;  // in blocks, which are added up in double
  Reduction sum_squares;
  double (*squared_distance)(const T* x, const T* y, std::int64_t n);              // sum (x - y)^2
  void (*scaled_difference)(const T* x, const T* y, T* out, std::int64_t n, T a);  // a (x - y)
  void (*sum_columns)(const T* x, std::int64_t n, std::int64_t stride, std::int64_t width, double* sums);
  Reduction max;  // NaN wins; n > 0
  Reduction min;
  RowLoop softmax;  // of one row; n > 0
  RowLoop log_softmax;
  BinaryLoop softmax_backward;  // of the outputs and their gradients
  BinaryLoop log_softmax_backward;
  void (*moments)(const T* x, std::int64_t n, T shift, double* sums);  // sums += x - shift, its square
  /// The same and d, d (x - shift), where d = g w, or g where w is null.
  void (*moments_beside)(const T* x, const T* g, const T* w, std::int64_t n, T shift, double* sums);
  /// y = z w + b, or z where these are null
  void (*standardize)(const T* x, const T* w, const T* b, T* y, std::int64_t n, const Standardized<T>& s);
  void (*standardize_backward)(const T* x, const T* g, T* dx, std::int64_t n,
                               const StandardizedBackward<T>& s);
  /// The same of d = g w, and dw += g z, db += g
  void (*standardize_backward_row)(const StandardizedRow<T>& row, std::int64_t n,
                                   const StandardizedBackward<T>& s, const Standardized<T>& forward);
  // One row of a step of n states: gates {3 or 4, n}, `before` the states before it.
  void (*lstm)(T* gates, const T* before, T* c, T* h, std::int64_t n);
  void (*lstm_backward)(const LstmRow<T>&, std::int64_t n);
  void (*gru)(T* gates, const T* q, const T* before, T* h, std::int64_t n);
  void (*gru_backward)(const GruRow<T>&, std::int64_t n);
};

template <class T>
const SimdTable<T>& simd();

namespace avx2 {
extern const SimdTable<float> table_f32;
extern const SimdTable<double> table_f64;
}  // namespace avx2
namespace baseline {
extern const SimdTable<float> table_f32;
extern const SimdTable<double> table_f64;
}  // namespace baseline

}  // namespace xtape::kernels
