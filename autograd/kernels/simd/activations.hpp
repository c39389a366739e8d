// What the loops of the activation functions compute, on xsimd batches. Included only by loops.hpp.
#pragma once

#include "autograd/kernels/simd/functions.hpp"

namespace xtape::kernels::loops {

template <>
struct UnaryFunction<Unary::relu> {
  template <class B>
  static B run(B x, B, B) {
    return xsimd::select(x <= B(0), B(0), x);
  }
};
template <>
struct UnaryFunction<Unary::leaky_relu> {
  template <class B>
  static B run(B x, B slope, B) {
    return xsimd::select(x > B(0), x, x * slope);
  }
};
template <>
struct UnaryFunction<Unary::elu> {
  template <class B>
  static B run(B x, B alpha, B scale) {  // alpha (e^(scale x) - 1) below 0
    const B below = xsimd::select(x > B(0), B(0), x * scale);
    return xsimd::select(x > B(0), x, alpha * UnaryFunction<Unary::expm1>::run(below, x, x));
  }
};
template <>
struct UnaryFunction<Unary::silu> {
  template <class B>
  static B run(B x, B, B) {
    return times_sigmoid(x, x);
  }
};
template <>
struct UnaryFunction<Unary::softplus> {
  template <class B>
  static B run(B x, B beta, B threshold) {
    const B z = x * beta;
    const B below = xsimd::select(z > threshold, B(0), z);  // exp of a large z would overflow
    return xsimd::select(
        z > threshold, x,
        UnaryFunction<Unary::log1p>::run(UnaryFunction<Unary::exp>::run(below, x, x), x, x) / beta);
  }
};
template <>
struct UnaryFunction<Unary::gelu> {
  template <class B>
  static B run(B x, B, B) {
    return x * normal_distribution(x);
  }
};
template <>
struct UnaryFunction<Unary::gelu_tanh> {
  template <class B>
  static B run(B x, B, B) {
    return times_sigmoid(
        x, B(1.5957691216057307118) * (x + B(0.044715) * x * x * x));  // (1 + tanh u) / 2 is sigmoid 2u
  }
};

/// x + 3, limited to [0, 6]; NaN stays.
template <class B>
B hard_gate(B x) {
  const B moved = x + B(3);
  return xsimd::select(moved < B(0), B(0), xsimd::select(moved > B(6), B(6), moved));
}
template <>
struct UnaryFunction<Unary::hardsigmoid> {
  template <class B>
  static B run(B x, B, B) {
    return hard_gate(x) / B(6);
  }
};
template <>
struct UnaryFunction<Unary::hardswish> {
  template <class B>
  static B run(B x, B, B) {
    return x * hard_gate(x) / B(6);
  }
};
/// x tanh(log(1 + e^x)), where the tanh is w / (w + 2) for w = e^x (e^x + 2), and 1 for large x.
template <>
struct UnaryFunction<Unary::mish> {
  template <class B>
  static B run(B x, B, B) {
    const B e = UnaryFunction<Unary::exp>::run(xsimd::select(x > B(20), B(20), x), x, x);
    const B w = e * (e + B(2));
    return x * (w / (w + B(2)));
  }
};
/// -log(1 + e^-x) as min(x, 0) - log(1 + e^-|x|), where nothing overflows.
template <>
struct UnaryFunction<Unary::logsigmoid> {
  template <class B>
  static B run(B x, B, B) {
    const B tail = UnaryFunction<Unary::exp>::run(-xsimd::abs(x), x, x);
    return xsimd::select(x < B(0), x, B(0)) - UnaryFunction<Unary::log1p>::run(tail, x, x);
  }
};

}  // namespace xtape::kernels::loops
