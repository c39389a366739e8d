// The loops behind SimdTable, on xsimd batches of one architecture. Included only by simd_baseline.cpp and
// simd_avx2.cpp. Every function here is a template on Arch: an untagged inline function would be merged by
// the linker across instruction sets. The last elements of an array run through the same vector code, padded,
// so a value never depends on its position.
#pragma once

#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd_table.hpp"

namespace xtape::kernels::loops {

/// Not by x != x, which xsimd compiles to an ordered comparison on AVX: it never holds.
template <class B>
B nan_wins(const B& x, const B& y, const B& best) {
  return xsimd::select(xsimd::isnan(x), x, xsimd::select(xsimd::isnan(y), y, best));
}

// Functions of one batch.
struct Neg {
  template <class B>
  static B run(B x, B, B) {
    return -x;
  }
};
struct Abs {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::abs(x);
  }
};
struct Sign {
  template <class B>
  static B run(B x, B, B) {
    const B one(1), zero(0);
    return xsimd::select(x > zero, one, xsimd::select(x < zero, -one, zero));  // NaN gives 0, as PyTorch's
  }
};
struct Square {
  template <class B>
  static B run(B x, B, B) {
    return x * x;
  }
};
struct Reciprocal {
  template <class B>
  static B run(B x, B, B) {
    return B(1) / x;
  }
};
struct Sqrt {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::sqrt(x);
  }
};
struct Rsqrt {
  template <class B>
  static B run(B x, B, B) {
    return B(1) / xsimd::sqrt(x);
  }
};
struct Exp {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::exp(x));
  }
};
struct Log {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::log(x));
  }
};
struct Log1p {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::log1p(x));
  }
};
struct Expm1 {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::expm1(x));
  }
};
struct Tanh {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::tanh(x));
  }
};
struct Sigmoid {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, B(1) / (B(1) + xsimd::exp(-x)));
  }
};
struct Erf {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::erf(x));
  }
};
struct Relu {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(x <= B(0), B(0), x);
  }
};
struct LeakyRelu {
  template <class B>
  static B run(B x, B slope, B) {
    return xsimd::select(x > B(0), x, x * slope);
  }
};
struct Elu {
  template <class B>
  static B run(B x, B alpha, B) {
    return xsimd::select(x > B(0), x, alpha * Expm1::run(xsimd::select(x > B(0), B(0), x), x, x));
  }
};
struct Silu {
  template <class B>
  static B run(B x, B, B) {
    return x / (B(1) + xsimd::exp(-x));
  }
};
struct Softplus {
  template <class B>
  static B run(B x, B beta, B threshold) {
    const B z = x * beta;
    const B below = xsimd::select(z > threshold, B(0), z);  // exp of a large z would overflow
    return xsimd::select(z > threshold, x, Log1p::run(Exp::run(below, x, x), x, x) / beta);
  }
};
struct Gelu {
  template <class B>
  static B run(B x, B, B) {
    return B(0.5) * x * (B(1) + Erf::run(x * B(0.70710678118654752440), x, x));
  }
};
struct GeluTanh {
  template <class B>
  static B run(B x, B, B) {
    const B inner = B(0.79788456080286535588) * (x + B(0.044715) * x * x * x);
    return B(0.5) * x * (B(1) + Tanh::run(inner, x, x));
  }
};

// Functions of two batches.
struct Add {
  template <class B>
  static B run(B x, B y) {
    return x + y;
  }
};
struct Sub {
  template <class B>
  static B run(B x, B y) {
    return x - y;
  }
};
struct Mul {
  template <class B>
  static B run(B x, B y) {
    return x * y;
  }
};
struct Div {
  template <class B>
  static B run(B x, B y) {
    return x / y;
  }
};
struct Maximum {
  template <class B>
  static B run(B x, B y) {
    return nan_wins(x, y, xsimd::max(x, y));
  }
};
struct Minimum {
  template <class B>
  static B run(B x, B y) {
    return nan_wins(x, y, xsimd::min(x, y));
  }
};
struct Gate {
  template <class B>
  static B run(B x, B y) {
    return xsimd::select(y > B(0), x, B(0));
  }
};

/// The `n` < size elements at p, padded with `fill`.
template <class B, class T = typename B::value_type>
B load_part(const T* p, std::int64_t n, T fill) {
  alignas(64) T padded[B::size];
  for (std::size_t i = 0; i < B::size; ++i) padded[i] = static_cast<std::int64_t>(i) < n ? p[i] : fill;
  return B::load_aligned(padded);
}

template <class B, class T = typename B::value_type>
void store_part(const B& x, T* p, std::int64_t n) {
  alignas(64) T padded[B::size];
  x.store_aligned(padded);
  for (std::int64_t i = 0; i < n; ++i) p[i] = padded[i];
}

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
    if constexpr (sizeof(T) == 4)
      y[i] = sine ? __builtin_sinf(x[i]) : __builtin_cosf(x[i]);
    else
      y[i] = sine ? __builtin_sin(x[i]) : __builtin_cos(x[i]);
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

/// Blocks of 1024 elements are summed by four accumulators, the blocks in double: 2^25 ones give 2^25.
template <class Arch, class T>
double sum(const T* x, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  double total = 0;
  for (std::int64_t begin = 0; begin < n; begin += 1024) {
    const std::int64_t end = begin + 1024 < n ? begin + 1024 : n;
    B a(0), b(0), c(0), d(0);
    std::int64_t i = begin;
    for (; i + 4 * width <= end; i += 4 * width) {
      a += B::load_unaligned(x + i);
      b += B::load_unaligned(x + i + width);
      c += B::load_unaligned(x + i + 2 * width);
      d += B::load_unaligned(x + i + 3 * width);
    }
    for (; i + width <= end; i += width) a += B::load_unaligned(x + i);
    if (i < end) b += load_part<B>(x + i, end - i, T(0));
    total += static_cast<double>(xsimd::hadd((a + b) + (c + d)));
  }
  return total;
}

template <class Arch, class T, class F>
double extremum(const T* x, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  B best(x[0]);
  std::int64_t i = 0;
  for (; i + width <= n; i += width) best = F::run(best, B::load_unaligned(x + i));
  if (i < n) best = F::run(best, load_part<B>(x + i, n - i, x[0]));
  alignas(64) T lanes[B::size];
  best.store_aligned(lanes);
  T result = lanes[0];
  for (std::size_t lane = 1; lane < B::size; ++lane) {
    if (lanes[lane] != lanes[lane]) return static_cast<double>(lanes[lane]);
    const B pair = F::run(B(result), B(lanes[lane]));
    result = pair.get(0);
  }
  return static_cast<double>(result);
}

/// y = exp(x - shift); gives the sum of y.
template <class Arch, class T>
double exp_shifted(const T* x, T* y, std::int64_t n, T shift) {
  using B = xsimd::batch<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(B::size);
  double total = 0;
  const B vshift(shift);
  for (std::int64_t begin = 0; begin < n; begin += 1024) {
    const std::int64_t end = begin + 1024 < n ? begin + 1024 : n;
    B sum(0);
    std::int64_t i = begin;
    for (; i + width <= end; i += width) {
      const B e = Exp::run(B::load_unaligned(x + i) - vshift, vshift, vshift);
      sum += e;
      e.store_unaligned(y + i);
    }
    if (i < end) {
      const B shifted = load_part<B>(x + i, end - i, T(0)) - vshift;
      const B e = Exp::run(shifted, vshift, vshift);
      store_part(e, y + i, end - i);
      sum += load_part<B>(y + i, end - i, T(0));
    }
    total += static_cast<double>(xsimd::hadd(sum));
  }
  return total;
}

template <class Arch, class T>
void softmax(const T* x, T* y, std::int64_t n) {
  const T shift = static_cast<T>(extremum<Arch, T, Maximum>(x, n));
  const double total = exp_shifted<Arch>(x, y, n, shift);
  const T scale = static_cast<T>(1 / total);
  binary<Arch, T, Mul, Operands::scalar_right>(y, &scale, y, n);
}

template <class Arch, class T>
void log_softmax(const T* x, T* y, std::int64_t n) {
  const T shift = static_cast<T>(extremum<Arch, T, Maximum>(x, n));
  const T total = static_cast<T>(exp_shifted<Arch>(x, y, n, shift));
  const T log_total =
      Log::run(xsimd::batch<T, Arch>(total), xsimd::batch<T, Arch>(0), xsimd::batch<T, Arch>(0)).get(0);
  binary<Arch, T, Sub, Operands::scalar_right>(x, &shift, y, n);
  binary<Arch, T, Sub, Operands::scalar_right>(y, &log_total, y, n);
}

/// a^b: by libm, element by element; xsimd's power loses digits for large exponents.
template <class Arch, class T, Operands kind>
void power(const T* x, const T* y, T* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const T a = x[kind == Operands::scalar_left ? 0 : i], b = y[kind == Operands::scalar_right ? 0 : i];
    if constexpr (sizeof(T) == 4)
      out[i] = b == 2 ? a * a : __builtin_powf(a, b);
    else
      out[i] = b == 2 ? a * a : __builtin_pow(a, b);
  }
}

template <class Arch, class T, Operands kind>
constexpr auto binary_loops() {
  return decltype(SimdTable<T>::binary){&binary<Arch, T, Add, kind>,     &binary<Arch, T, Sub, kind>,
                                        &binary<Arch, T, Mul, kind>,     &binary<Arch, T, Div, kind>,
                                        &binary<Arch, T, Maximum, kind>, &binary<Arch, T, Minimum, kind>,
                                        &power<Arch, T, kind>,           &binary<Arch, T, Gate, kind>};
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
      .sum = &sum<Arch, T>,
      .max = &extremum<Arch, T, Maximum>,
      .min = &extremum<Arch, T, Minimum>,
      .softmax = &softmax<Arch, T>,
      .log_softmax = &log_softmax<Arch, T>};
}

}  // namespace xtape::kernels::loops
