// What the elementwise loops compute, on xsimd batches of any architecture. Included only by simd_loops.hpp.
#pragma once

#include <xsimd/xsimd.hpp>

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

}  // namespace xtape::kernels::loops
