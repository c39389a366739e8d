// The update rules: their numbers, their loops, compiled once for each instruction set, and the table of
// these. The order of the operations and their roundings are PyTorch's.
#pragma once

#include <cstdint>
#include <type_traits>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace xtape::optim::update {

template <class T>
struct SGDRule {
  T lr, momentum, keep, decay;  // keep = 1 - dampening
  bool nesterov;
};

/// How Adam's weight decay works: on the gradient, or (AdamW's) on the parameter itself.
enum class Decay { none, gradient, parameter };

template <class T>
struct AdamRule {
  T beta1, beta2, rest1, rest2, decay, eps;  // rest = 1 - beta
  T step, root_correction;                   // lr / (1 - beta1^t) and sqrt(1 - beta2^t)
  T keep;                                    // 1 - lr decay
  Decay decays;
};

template <class T>
struct RMSpropRule {
  T lr, alpha, rest, eps, decay, momentum;  // rest = 1 - alpha
};

template <class T>
struct AdagradRule {
  T step, decay, eps;  // step = lr / (1 + (t - 1) lr_decay)
};

template <class T>
struct AdadeltaRule {
  T lr, rho, rest, eps, decay;  // rest = 1 - rho
};

/// One pass over n elements of the parameter p, its gradient g and its state. What a variant has no use for
/// is null: v without momentum, v_max without amsgrad, mean unless centered. References, so that a loop which
/// a set lacks does not compile.
template <class T>
struct Loops {
  void (&sgd)(const SGDRule<T>& rule, T* p, const T* g, T* v, std::int64_t n);
  void (&adam)(const AdamRule<T>& rule, T* p, const T* g, T* m, T* v, T* v_max, std::int64_t n);
  void (&rmsprop)(const RMSpropRule<T>& rule, T* p, const T* g, T* square, T* mean, T* v, std::int64_t n);
  void (&adagrad)(const AdagradRule<T>& rule, T* p, const T* g, T* sum, std::int64_t n);
  void (&adadelta)(const AdadeltaRule<T>& rule, T* p, const T* g, T* square, T* delta, std::int64_t n);
};

/// The loops for this processor.
template <class T>
const Loops<T>& loops();

namespace avx2 {
extern const Loops<float> loops_f32;
extern const Loops<double> loops_f64;
}  // namespace avx2
namespace baseline {
extern const Loops<float> loops_f32;
extern const Loops<double> loops_f64;
}  // namespace baseline

/// In its scope, numbers below the least normal one count as 0. The moments of a weight that gets no gradient
/// decay to such numbers and would stay there (0.9 times the least of them rounds to itself), each as slow as
/// a hundred others.
template <class Isa>
class FlushSubnormals {
 public:
#ifdef __SSE__
  FlushSubnormals() : before_(_mm_getcsr()) {
    _mm_setcsr(before_ | 0x8040);
  }  // flush results, take inputs as 0
  ~FlushSubnormals() { _mm_setcsr(before_); }
#else
  FlushSubnormals() = default;
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  [[maybe_unused]] unsigned before_ = 0;
};

/// a b + c, rounded once: PyTorch's fused multiply-add. Where the processor has none, the product and the sum
/// of floats are made in double, which rounds differently about once in 2^29 times.
template <class Isa, class T>
T multiply_add(T a, T b, T c) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  if constexpr (Isa::has_fma && std::is_same_v<T, float>) return __builtin_fmaf(a, b, c);
  if constexpr (Isa::has_fma && std::is_same_v<T, double>) return __builtin_fma(a, b, c);
  return static_cast<T>(static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c));
}

template <class Isa, class T>
T root(T x) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  if constexpr (std::is_same_v<T, float>) return __builtin_sqrtf(x);
  return __builtin_sqrt(x);
}

/// Calls f with std::true_type or std::false_type, so that its loop holds no branch on `flag`.
template <class Isa, class F>
void with_constant(bool flag, const F& f) {
  if (flag)
    f(std::true_type());
  else
    f(std::false_type());
}

template <class Isa, class T, bool decays>
T sgd_direction(const SGDRule<T>& r, T p, T g) {
  return decays ? multiply_add<Isa>(r.decay, p, g) : g;
}

template <class Isa, class T, bool decays>
void sgd_plain(const SGDRule<T>& r, T* __restrict p, const T* __restrict g, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    p[i] = multiply_add<Isa>(-r.lr, sgd_direction<Isa, T, decays>(r, p[i], g[i]), p[i]);
}

template <class Isa, class T, bool decays, bool nesterov>
void sgd_with_momentum(const SGDRule<T>& r, T* __restrict p, const T* __restrict g, T* __restrict v,
                       std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = sgd_direction<Isa, T, decays>(r, p[i], g[i]);
    v[i] = multiply_add<Isa>(r.keep, d, r.momentum * v[i]);
    p[i] = multiply_add<Isa>(-r.lr, nesterov ? multiply_add<Isa>(r.momentum, v[i], d) : v[i], p[i]);
  }
}

template <class Isa, class T>
void sgd(const SGDRule<T>& r, T* p, const T* g, T* v, std::int64_t n) {
  const FlushSubnormals<Isa> flush;
  with_constant<Isa>(r.decay != 0, [&](auto decays) {
    if (v == nullptr) return sgd_plain<Isa, T, decays>(r, p, g, n);
    with_constant<Isa>(r.nesterov,
                       [&](auto nesterov) { sgd_with_momentum<Isa, T, decays, nesterov>(r, p, g, v, n); });
  });
}

template <class Isa, class T, Decay decays, bool amsgrad>
void adam_loop(const AdamRule<T>& r, T* __restrict p, const T* __restrict g, T* __restrict m, T* __restrict v,
               T* __restrict v_max, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    if constexpr (decays == Decay::parameter) p[i] *= r.keep;
    const T d = decays == Decay::gradient ? multiply_add<Isa>(r.decay, p[i], g[i]) : g[i];
    m[i] = multiply_add<Isa>(r.rest1, d, r.beta1 * m[i]);
    v[i] = r.beta2 * v[i] + r.rest2 * d * d;
    T square = v[i];
    if constexpr (amsgrad)
      square = v_max[i] = v_max[i] >= square ? v_max[i] : square;  // unlike std::max keeps NaN
    p[i] -= r.step * m[i] / (root<Isa>(square) / r.root_correction + r.eps);
  }
}

constexpr std::int64_t kIdleBlock = 64;

/// Whether all numbers of a block are 0, bit by bit.
template <class Isa, class T>
bool is_zero_block(const T* x) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  if (x[0] != 0) return false;  // mostly
  Bits any = 0;
  for (std::int64_t i = 0; i < kIdleBlock; ++i) any |= __builtin_bit_cast(Bits, x[i]);
  return any == 0;
}

/// The same numbers as adam_loop's, for eps > 0. Where gradient and means are 0, as of the rows of an
/// embedding that no batch has named yet, only weight decay is left, and the means are not written.
template <class Isa, class T, Decay decays>
void adam_over_idle_blocks(const AdamRule<T>& r, T* p, const T* g, T* m, T* v, std::int64_t n) {
  const auto is_idle = [=](std::int64_t i) {
    return i + kIdleBlock <= n && is_zero_block<Isa>(g + i) && is_zero_block<Isa>(m + i) &&
           is_zero_block<Isa>(v + i);
  };
  for (std::int64_t begin = 0, end = 0; begin < n; begin = end) {
    const bool idle = is_idle(begin);
    do end += kIdleBlock;
    while (end < n && is_idle(end) == idle);
    if (end > n) end = n;
    if (!idle)
      adam_loop<Isa, T, decays, false>(r, p + begin, g + begin, m + begin, v + begin, nullptr, end - begin);
    else if (decays == Decay::parameter)
      for (std::int64_t i = begin; i < end; ++i) p[i] *= r.keep;
  }
}

template <class Isa, class T>
void adam(const AdamRule<T>& r, T* p, const T* g, T* m, T* v, T* v_max, std::int64_t n) {
  const FlushSubnormals<Isa> flush;
  if (v_max == nullptr && r.eps > 0 && r.decays != Decay::gradient)
    return r.decays == Decay::parameter ? adam_over_idle_blocks<Isa, T, Decay::parameter>(r, p, g, m, v, n)
                                        : adam_over_idle_blocks<Isa, T, Decay::none>(r, p, g, m, v, n);
  with_constant<Isa>(v_max != nullptr, [&](auto amsgrad) {
    switch (r.decays) {
      case Decay::none: return adam_loop<Isa, T, Decay::none, amsgrad>(r, p, g, m, v, v_max, n);
      case Decay::gradient: return adam_loop<Isa, T, Decay::gradient, amsgrad>(r, p, g, m, v, v_max, n);
      default: return adam_loop<Isa, T, Decay::parameter, amsgrad>(r, p, g, m, v, v_max, n);
    }
  });
}

template <class Isa, class T, bool decays, bool centered, bool has_momentum>
void rmsprop_loop(const RMSpropRule<T>& r, T* __restrict p, const T* __restrict g, T* __restrict square,
                  T* __restrict mean, T* __restrict v, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = decays ? multiply_add<Isa>(r.decay, p[i], g[i]) : g[i];
    square[i] = r.alpha * square[i] + r.rest * d * d;
    T variance = square[i];
    if constexpr (centered) {
      mean[i] = multiply_add<Isa>(r.rest, d, r.alpha * mean[i]);
      variance -= mean[i] * mean[i];
    }
    const T deviation = root<Isa>(variance) + r.eps;
    if constexpr (has_momentum) {
      v[i] = r.momentum * v[i] + d / deviation;
      p[i] = multiply_add<Isa>(-r.lr, v[i], p[i]);
    } else {
      p[i] -= r.lr * d / deviation;
    }
  }
}

template <class Isa, class T>
void rmsprop(const RMSpropRule<T>& r, T* p, const T* g, T* square, T* mean, T* v, std::int64_t n) {
  const FlushSubnormals<Isa> flush;
  with_constant<Isa>(r.decay != 0, [&](auto decays) {
    with_constant<Isa>(mean != nullptr, [&](auto centered) {
      with_constant<Isa>(v != nullptr, [&](auto has_momentum) {
        rmsprop_loop<Isa, T, decays, centered, has_momentum>(r, p, g, square, mean, v, n);
      });
    });
  });
}

template <class Isa, class T, bool decays>
void adagrad_loop(const AdagradRule<T>& r, T* __restrict p, const T* __restrict g, T* __restrict sum,
                  std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = decays ? multiply_add<Isa>(r.decay, p[i], g[i]) : g[i];
    sum[i] += d * d;
    p[i] -= r.step * d / (root<Isa>(sum[i]) + r.eps);
  }
}

template <class Isa, class T>
void adagrad(const AdagradRule<T>& r, T* p, const T* g, T* sum, std::int64_t n) {
  const FlushSubnormals<Isa> flush;
  with_constant<Isa>(r.decay != 0, [&](auto decays) { adagrad_loop<Isa, T, decays>(r, p, g, sum, n); });
}

template <class Isa, class T, bool decays>
void adadelta_loop(const AdadeltaRule<T>& r, T* __restrict p, const T* __restrict g, T* __restrict square,
                   T* __restrict delta, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = decays ? multiply_add<Isa>(r.decay, p[i], g[i]) : g[i];
    square[i] = r.rho * square[i] + r.rest * d * d;
    const T u = root<Isa>(delta[i] + r.eps) / root<Isa>(square[i] + r.eps) * d;
    delta[i] = r.rho * delta[i] + r.rest * u * u;
    p[i] = multiply_add<Isa>(-r.lr, u, p[i]);
  }
}

template <class Isa, class T>
void adadelta(const AdadeltaRule<T>& r, T* p, const T* g, T* square, T* delta, std::int64_t n) {
  const FlushSubnormals<Isa> flush;
  with_constant<Isa>(r.decay != 0,
                     [&](auto decays) { adadelta_loop<Isa, T, decays>(r, p, g, square, delta, n); });
}

template <class Isa, class T>
constexpr Loops<T> make_loops() {
  return {sgd<Isa, T>, adam<Isa, T>, rmsprop<Isa, T>, adagrad<Isa, T>, adadelta<Isa, T>};
}

}  // namespace xtape::optim::update
