// The loops of the update rules: one pass per parameter over raw memory, in the parameter's own type. The
// order of the operations and their roundings are PyTorch's. Elements are independent, so results do not
// depend on the threads.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "autograd/parallel.hpp"
#include "nn/optim/adagrad.hpp"
#include "nn/optim/adam.hpp"
#include "nn/optim/rmsprop.hpp"
#include "nn/optim/sgd.hpp"

namespace xtape::optim::update {

inline constexpr std::int64_t kGrain = 1 << 15;  // elements per chunk: too little work to share below

/// a b + c, rounded once in float32 (the product is exact in double): PyTorch's fused multiply-add, and the
/// same bits on every instruction set.
template <class T>
T multiply_add(T a, T b, T c) {
  return static_cast<T>(static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c));
}

/// Calls f with std::true_type or std::false_type, so that its loops hold no branch on `flag`.
template <class F>
void with_constant(bool flag, const F& f) {
  if (flag)
    f(std::true_type());
  else
    f(std::false_type());
}

template <class T>
struct SGDRule {
  T lr, momentum, keep, decay;  // keep = 1 - dampening

  template <bool decays>
  T direction(T p, T g) const {
    return decays ? multiply_add(decay, p, g) : g;
  }
  template <bool decays>
  void plain(T* __restrict p, const T* __restrict g, std::int64_t n) const {
    for (std::int64_t i = 0; i < n; ++i) p[i] = multiply_add(-lr, direction<decays>(p[i], g[i]), p[i]);
  }
  template <bool decays, bool nesterov>
  void with_momentum(T* __restrict p, const T* __restrict g, T* __restrict v, std::int64_t n) const {
    for (std::int64_t i = 0; i < n; ++i) {
      const T d = direction<decays>(p[i], g[i]);
      v[i] = multiply_add(keep, d, momentum * v[i]);
      p[i] = multiply_add(-lr, nesterov ? multiply_add(momentum, v[i], d) : v[i], p[i]);
    }
  }
};

/// v is null without momentum; `first`: its contents are undefined, and it becomes the gradient.
template <class T>
void sgd(T* p, const T* g, T* v, std::int64_t n, const SGDOptions& o, bool first) {
  const SGDRule<T> rule{static_cast<T>(o.lr), static_cast<T>(o.momentum),
                        static_cast<T>(first ? 1 : 1 - o.dampening), static_cast<T>(o.weight_decay)};
  if (first) std::fill_n(v, n, T(0));
  with_constant(o.weight_decay != 0, [&](auto decays) {
    with_constant(o.nesterov, [&](auto nesterov) {
      parallel_for(n, kGrain, [&](std::int64_t begin, std::int64_t end) {
        if (v == nullptr)
          rule.template plain<decays>(p + begin, g + begin, end - begin);
        else
          rule.template with_momentum<decays, nesterov>(p + begin, g + begin, v + begin, end - begin);
      });
    });
  });
}

/// How Adam's weight decay works: on the gradient, or (AdamW's) on the parameter itself.
enum class Decay { none, gradient, parameter };

template <class T>
struct AdamRule {
  T beta1, beta2, rest1, rest2, decay, eps;  // rest = 1 - beta
  T step, root_correction;                   // lr / (1 - beta1^t) and sqrt(1 - beta2^t)
  T keep;                                    // 1 - lr decay

  template <Decay decays, bool amsgrad>
  void operator()(T* __restrict p, const T* __restrict g, T* __restrict m, T* __restrict v,
                  T* __restrict v_max, std::int64_t n) const {
    for (std::int64_t i = 0; i < n; ++i) {
      if constexpr (decays == Decay::parameter) p[i] *= keep;
      const T d = decays == Decay::gradient ? multiply_add(decay, p[i], g[i]) : g[i];
      m[i] = multiply_add(rest1, d, beta1 * m[i]);
      v[i] = beta2 * v[i] + rest2 * d * d;
      T square = v[i];
      if constexpr (amsgrad)
        square = v_max[i] = v_max[i] >= square ? v_max[i] : square;  // unlike std::max keeps NaN
      p[i] -= step * m[i] / (std::sqrt(square) / root_correction + eps);
    }
  }
};

/// v_max is null without amsgrad; t counts steps from 1.
template <Decay decays, class T>
void adam(T* p, const T* g, T* m, T* v, T* v_max, std::int64_t n, const AdamOptions& o, std::int64_t t) {
  const auto [b1, b2] = o.betas;
  const AdamRule<T> rule{static_cast<T>(b1),
                         static_cast<T>(b2),
                         static_cast<T>(1 - b1),
                         static_cast<T>(1 - b2),
                         static_cast<T>(o.weight_decay),
                         static_cast<T>(o.eps),
                         static_cast<T>(o.lr / (1 - std::pow(b1, t))),
                         static_cast<T>(std::sqrt(1 - std::pow(b2, t))),
                         static_cast<T>(1 - o.lr * o.weight_decay)};
  with_constant(v_max != nullptr, [&](auto amsgrad) {
    parallel_for(n, kGrain, [&](std::int64_t begin, std::int64_t end) {
      rule.template operator()<decays, amsgrad>(p + begin, g + begin, m + begin, v + begin,
                                                amsgrad ? v_max + begin : nullptr, end - begin);
    });
  });
}

template <class T>
struct RMSpropRule {
  T lr, alpha, rest, eps, decay, momentum;  // rest = 1 - alpha

  /// mean is null unless centered, v without momentum.
  template <bool decays, bool centered, bool has_momentum>
  void operator()(T* __restrict p, const T* __restrict g, T* __restrict square, T* __restrict mean,
                  T* __restrict v, std::int64_t n) const {
    for (std::int64_t i = 0; i < n; ++i) {
      const T d = decays ? multiply_add(decay, p[i], g[i]) : g[i];
      square[i] = alpha * square[i] + rest * d * d;
      T variance = square[i];
      if constexpr (centered) {
        mean[i] = multiply_add(rest, d, alpha * mean[i]);
        variance -= mean[i] * mean[i];
      }
      const T root = std::sqrt(variance) + eps;
      if constexpr (has_momentum) {
        v[i] = momentum * v[i] + d / root;
        p[i] = multiply_add(-lr, v[i], p[i]);
      } else {
        p[i] -= lr * d / root;
      }
    }
  }
};

template <class T>
void rmsprop(T* p, const T* g, T* square, T* mean, T* v, std::int64_t n, const RMSpropOptions& o) {
  const RMSpropRule<T> rule{static_cast<T>(o.lr),           static_cast<T>(o.alpha),
                            static_cast<T>(1 - o.alpha),    static_cast<T>(o.eps),
                            static_cast<T>(o.weight_decay), static_cast<T>(o.momentum)};
  with_constant(o.weight_decay != 0, [&](auto decays) {
    with_constant(mean != nullptr, [&](auto centered) {
      with_constant(v != nullptr, [&](auto has_momentum) {
        parallel_for(n, kGrain, [&](std::int64_t begin, std::int64_t end) {
          rule.template operator()<decays, centered, has_momentum>(
              p + begin, g + begin, square + begin, centered ? mean + begin : nullptr,
              has_momentum ? v + begin : nullptr, end - begin);
        });
      });
    });
  });
}

template <class T>
struct AdagradRule {
  T step, decay, eps;  // step = lr / (1 + (t - 1) lr_decay)

  template <bool decays>
  void operator()(T* __restrict p, const T* __restrict g, T* __restrict sum, std::int64_t n) const {
    for (std::int64_t i = 0; i < n; ++i) {
      const T d = decays ? multiply_add(decay, p[i], g[i]) : g[i];
      sum[i] += d * d;
      p[i] -= step * d / (std::sqrt(sum[i]) + eps);
    }
  }
};

/// t counts steps from 1.
template <class T>
void adagrad(T* p, const T* g, T* sum, std::int64_t n, const AdagradOptions& o, std::int64_t t) {
  const AdagradRule<T> rule{static_cast<T>(o.lr / (1 + static_cast<double>(t - 1) * o.lr_decay)),
                            static_cast<T>(o.weight_decay), static_cast<T>(o.eps)};
  with_constant(o.weight_decay != 0, [&](auto decays) {
    parallel_for(n, kGrain, [&](std::int64_t begin, std::int64_t end) {
      rule.template operator()<decays>(p + begin, g + begin, sum + begin, end - begin);
    });
  });
}

/// `slot`, made of zeros on its first use.
inline Tensor& ready(Tensor& slot, const Tensor& param) {
  if (!slot.defined()) slot = zeros(param.shape(), {.dtype = param.dtype()});
  return slot;
}

/// One step of Adam or AdamW; the slots are m, v and v_max.
template <Decay decays>
void adam(const Tensor& param, const Tensor& gradient, std::array<Tensor, 3>& slots, const AdamOptions& o,
          std::int64_t t) {
  const Tensor& mean = ready(slots[0], param);
  const Tensor& square = ready(slots[1], param);
  const Tensor greatest = o.amsgrad ? ready(slots[2], param) : Tensor();
  visit_floating(param.dtype(), "Adam", [&]<class T>(T) {
    T* v_max = o.amsgrad ? greatest.data<T>() : nullptr;
    adam<decays>(param.data<T>(), gradient.data<T>(), mean.data<T>(), square.data<T>(), v_max, param.numel(),
                 o, t);
  });
}

}  // namespace xtape::optim::update
