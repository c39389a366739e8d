// What the elementwise loops compute, on xsimd batches of any architecture; activations and rounding have
// headers of their own. Included only by the headers of loops.
#pragma once

#include <type_traits>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/table.hpp"

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

/// The function of one batch behind each Unary, with the parameters a and b. One that is missing does not
/// compile.
template <Unary>
struct UnaryFunction;
/// The function of two batches behind each Binary.
template <Binary>
struct BinaryFunction;

template <>
struct UnaryFunction<Unary::neg> {
  template <class B>
  static B run(B x, B, B) {
    return -x;
  }
};
template <>
struct UnaryFunction<Unary::abs> {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::abs(x);
  }
};
template <>
struct UnaryFunction<Unary::sign> {
  template <class B>
  static B run(B x, B, B) {
    const B one(1), zero(0);
    return xsimd::select(x > zero, one, xsimd::select(x < zero, -one, zero));  // NaN gives 0, as PyTorch's
  }
};
template <>
struct UnaryFunction<Unary::square> {
  template <class B>
  static B run(B x, B, B) {
    return x * x;
  }
};
template <>
struct UnaryFunction<Unary::reciprocal> {
  template <class B>
  static B run(B x, B, B) {
    return B(1) / x;
  }
};
template <>
struct UnaryFunction<Unary::sqrt> {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::sqrt(x);
  }
};
template <>
struct UnaryFunction<Unary::rsqrt> {
  template <class B>
  static B run(B x, B, B) {
    return B(1) / xsimd::sqrt(x);
  }
};
/// e^x. xsimd's is infinite from 88.38 on, where floats go up to 88.72, and 0 for subnormal results; the
/// square of e^(x/2) has both right.
template <>
struct UnaryFunction<Unary::exp> {
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
template <>
struct UnaryFunction<Unary::log> {
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
template <>
struct UnaryFunction<Unary::log1p> {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(xsimd::isnan(x), x, xsimd::log1p(x));
  }
};
template <>
struct UnaryFunction<Unary::expm1> {
  template <class B>
  static B run(B x, B, B) {
    B y = xsimd::expm1(x);
    const auto large = x > B(exp_edge<B>);
    if (xsimd::any(large)) y = xsimd::select(large, UnaryFunction<Unary::exp>::run(x, x, x), y);
    return xsimd::select(xsimd::isnan(x), x, y);
  }
};
template <>
struct UnaryFunction<Unary::tanh> {
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

template <>
struct UnaryFunction<Unary::sigmoid> {
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

template <>
struct UnaryFunction<Unary::erf> {
  template <class B>
  static B run(B x, B, B) {
    if constexpr (std::is_same_v<typename B::value_type,
                                 double>)  // xsimd's loses 52 ulp, and is NaN for large numbers
      return by_element(x, [](double v) { return __builtin_erf(v); });
    else
      return xsimd::select(xsimd::isnan(x), x, xsimd::erf(x));
  }
};

template <>
struct BinaryFunction<Binary::add> {
  template <class B>
  static B run(B x, B y) {
    return x + y;
  }
};
template <>
struct BinaryFunction<Binary::sub> {
  template <class B>
  static B run(B x, B y) {
    return x - y;
  }
};
template <>
struct BinaryFunction<Binary::mul> {
  template <class B>
  static B run(B x, B y) {
    return x * y;
  }
};
template <>
struct BinaryFunction<Binary::div> {
  template <class B>
  static B run(B x, B y) {
    return x / y;
  }
};
template <>
struct BinaryFunction<Binary::maximum> {
  template <class B>
  static B run(B x, B y) {
    return nan_wins(x, y, xsimd::max(x, y));
  }
};
template <>
struct BinaryFunction<Binary::minimum> {
  template <class B>
  static B run(B x, B y) {
    return nan_wins(x, y, xsimd::min(x, y));
  }
};
template <>
struct BinaryFunction<Binary::gate> {
  template <class B>
  static B run(B x, B y) {
    return xsimd::select(y <= B(0), B(0), x);  // of NaN neither <= nor > holds
  }
};
template <>
struct BinaryFunction<Binary::tanh_backward> {
  template <class B>
  static B run(B g, B y) {
    return g * (B(1) - y * y);
  }
};
template <>
struct BinaryFunction<Binary::sigmoid_backward> {
  template <class B>
  static B run(B g, B y) {
    return g * (y * (B(1) - y));
  }
};
/// P(x), P the normal distribution function
template <class B>
B normal_distribution(B x) {
  const B z = x * B(0.70710678118654752440);
  if constexpr (std::is_same_v<typename B::value_type, double>)
    return B(0.5) * by_element(z, [](double v) { return __builtin_erfc(-v); });
  else
    return B(0.5) * (B(1) + UnaryFunction<Unary::erf>::run(z, x, x));
}
template <>
struct BinaryFunction<Binary::gelu_backward> {
  template <class B>
  static B run(B g, B x) {  // g (P(x) + x p(x)), p the density
    const B density = B(0.39894228040143267794) * UnaryFunction<Unary::exp>::run(B(-0.5) * x * x, x, x);
    return g * xsimd::fma(x, density, normal_distribution(x));
  }
};

}  // namespace xtape::kernels::loops
