// What the elementwise loops compute, on xsimd batches of any architecture. Included only by loops.hpp.
#pragma once

#include <type_traits>
#include <xsimd/xsimd.hpp>

namespace xtape::kernels::loops {

/// Not by x != x, which xsimd compiles to an ordered comparison on AVX: it never holds.
template <class B>
B nan_wins(const B& x, const B& y, const B& best) {
  return xsimd::select(xsimd::isnan(x), x, xsimd::select(xsimd::isnan(y), y, best));
}

/// Beyond it e^x may be subnormal, or infinite for xsimd.
template <class T>
inline constexpr T exp_edge_of = nullptr;  // known for floats and doubles alone
template <>
inline constexpr float exp_edge_of<float> = 87;
template <>
inline constexpr double exp_edge_of<double> = 708;
template <class B>
inline constexpr typename B::value_type exp_edge = exp_edge_of<typename B::value_type>;

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
/// e^x. xsimd's is infinite from 88.38 on, where floats go up to 88.72, and 0 for subnormal results; the
/// square of e^(x/2) has both right.
struct Exp {
  template <class B>
  static B run(B x, B, B) {
    B y = xsimd::exp(x);
    const auto extreme = xsimd::abs(x) > B(exp_edge<B>);
    if (xsimd::any(extreme)) {
      const B root = xsimd::exp(x * B(0.5));
      y = xsimd::select(extreme, root * root, y);
    }
    return xsimd::select(xsimd::isnan(x), x, y);
  }
};
/// log x; of subnormal doubles, with which xsimd's is wrong, as log(2^54 x) - log 2^54.
struct Log {
  template <class B>
  static B run(B x, B, B) {
    B y = xsimd::log(x);
    if constexpr (std::is_same_v<typename B::value_type, double>) {
      const auto subnormal = x > B(0) && x < B(2.2250738585072014e-308);
      if (xsimd::any(subnormal))
        y = xsimd::select(subnormal, xsimd::log(x * B(18014398509481984.0)) - B(37.429947750237048), y);
    }
    return xsimd::select(xsimd::isnan(x), x, y);
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
    B y = xsimd::expm1(x);
    const auto large = x > B(exp_edge<B>);
    if (xsimd::any(large)) y = xsimd::select(large, Exp::run(x, x, x), y);
    return xsimd::select(xsimd::isnan(x), x, y);
  }
};
struct Tanh {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::tanh(x));
  }
};
/// a / (1 + e^-x), where e^-x overflows a e^x.
template <class B>
B times_sigmoid(B a, B x) {
  B y = a / (B(1) + xsimd::exp(-x));
  const auto vanishing = x < B(-exp_edge<B>);
  if (xsimd::any(vanishing)) {
    const B root = xsimd::exp(x * B(0.5));
    y = xsimd::select(vanishing, a * root * root, y);
  }
  return xsimd::select(xsimd::isnan(x), x, y);
}

struct Sigmoid {
  template <class B>
  static B run(B x, B, B) {
    return times_sigmoid(B(1), x);
  }
};
/// f of each element: for functions that xsimd has no good version of.
template <class B, class F>
B by_element(const B& x, F f) {
  alignas(64) typename B::value_type elements[B::size];
  x.store_aligned(elements);
  for (auto& element : elements) element = f(element);
  return B::load_aligned(elements);
}

struct Erf {
  template <class B>
  static B run(B x, B, B) {
    if constexpr (std::is_same_v<typename B::value_type,
                                 double>)  // xsimd's loses 52 ulp, and is NaN for large numbers
      return by_element(x, [](double v) { return __builtin_erf(v); });
    else
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
    return times_sigmoid(x, x);
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
    const B z = x * B(0.70710678118654752440);
    if constexpr (std::is_same_v<typename B::value_type, double>)
      return B(0.5) * x * by_element(z, [](double v) { return __builtin_erfc(-v); });
    else
      return B(0.5) * x * (B(1) + Erf::run(z, x, x));
  }
};
struct GeluTanh {
  template <class B>
  static B run(B x, B, B) {
    return times_sigmoid(
        x, B(1.5957691216057307118) * (x + B(0.044715) * x * x * x));  // (1 + tanh u) / 2 is sigmoid 2u
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
    return xsimd::select(y <= B(0), B(0), x);  // of NaN neither <= nor > holds
  }
};
struct TanhBackward {
  template <class B>
  static B run(B g, B y) {
    return g * (B(1) - y * y);
  }
};
struct SigmoidBackward {
  template <class B>
  static B run(B g, B y) {
    return g * (y * (B(1) - y));
  }
};

}  // namespace xtape::kernels::loops
