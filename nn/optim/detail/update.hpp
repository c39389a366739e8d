// The update rules on tensors: one pass per parameter over raw memory, in the parameter's own type. Elements
// are independent, so results do not depend on the threads.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "autograd/parallel.hpp"
#include "nn/optim/adagrad.hpp"
#include "nn/optim/adam.hpp"
#include "nn/optim/detail/rules.hpp"
#include "nn/optim/rmsprop.hpp"
#include "nn/optim/sgd.hpp"

namespace xtape::optim::update {

inline constexpr std::int64_t kGrain = 1 << 15;  // elements per chunk: too little work to share below

/// Where `array` goes on for the chunk that begins at `begin`.
template <class T>
T* from(T* array, std::int64_t begin) {
  return array ? array + begin : nullptr;
}

/// v is null without momentum; `first`: its contents are undefined, and it becomes the gradient.
template <class T>
void sgd(T* p, const T* g, T* v, std::int64_t n, const SGDOptions& o, bool first) {
  const SGDRule<T> rule{static_cast<T>(o.lr), static_cast<T>(o.momentum),
                        static_cast<T>(first ? 1 : 1 - o.dampening), static_cast<T>(o.weight_decay),
                        o.nesterov};
  if (first) std::fill_n(v, n, T(0));
  parallel_for(n, kGrain, [&](std::int64_t i, std::int64_t end) {
    loops<T>().sgd(rule, p + i, g + i, from(v, i), end - i);
  });
}

/// v_max is null without amsgrad; t counts steps from 1.
template <class T>
void adam(T* p, const T* g, T* m, T* v, T* v_max, std::int64_t n, const AdamOptions& o, std::int64_t t,
          Decay decays) {
  const auto [b1, b2] = o.betas;
  const AdamRule<T> rule{static_cast<T>(b1),
                         static_cast<T>(b2),
                         static_cast<T>(1 - b1),
                         static_cast<T>(1 - b2),
                         static_cast<T>(o.weight_decay),
                         static_cast<T>(o.eps),
                         static_cast<T>(o.lr / (1 - std::pow(b1, t))),
                         static_cast<T>(std::sqrt(1 - std::pow(b2, t))),
                         static_cast<T>(1 - o.lr * o.weight_decay),
                         decays};
  parallel_for(n, kGrain, [&](std::int64_t i, std::int64_t end) {
    loops<T>().adam(rule, p + i, g + i, m + i, v + i, from(v_max, i), end - i);
  });
}

/// mean is null unless centered, v without momentum.
template <class T>
void rmsprop(T* p, const T* g, T* square, T* mean, T* v, std::int64_t n, const RMSpropOptions& o) {
  const RMSpropRule<T> rule{static_cast<T>(o.lr),           static_cast<T>(o.alpha),
                            static_cast<T>(1 - o.alpha),    static_cast<T>(o.eps),
                            static_cast<T>(o.weight_decay), static_cast<T>(o.momentum)};
  parallel_for(n, kGrain, [&](std::int64_t i, std::int64_t end) {
    loops<T>().rmsprop(rule, p + i, g + i, square + i, from(mean, i), from(v, i), end - i);
  });
}

/// t counts steps from 1.
template <class T>
void adagrad(T* p, const T* g, T* sum, std::int64_t n, const AdagradOptions& o, std::int64_t t) {
  const AdagradRule<T> rule{static_cast<T>(o.lr / (1 + static_cast<double>(t - 1) * o.lr_decay)),
                            static_cast<T>(o.weight_decay), static_cast<T>(o.eps)};
  parallel_for(n, kGrain, [&](std::int64_t i, std::int64_t end) {
    loops<T>().adagrad(rule, p + i, g + i, sum + i, end - i);
  });
}

/// `slot`, made of zeros on its first use.
inline Tensor& ready(Tensor& slot, const Tensor& param) {
  if (!slot.defined()) slot = zeros(param.shape(), {.dtype = param.dtype()});
  return slot;
}

/// One step of Adam or AdamW; the slots are m, v and v_max.
inline void adam(const Tensor& param, const Tensor& gradient, std::array<Tensor, 3>& slots,
                 const AdamOptions& o, std::int64_t t, Decay decays) {
  const Tensor& mean = ready(slots[0], param);
  const Tensor& square = ready(slots[1], param);
  const Tensor greatest = o.amsgrad ? ready(slots[2], param) : Tensor();
  visit_floating(param.dtype(), "Adam", [&]<class T>(T) {
    T* v_max = o.amsgrad ? greatest.data<T>() : nullptr;
    adam(param.data<T>(), gradient.data<T>(), mean.data<T>(), square.data<T>(), v_max, param.numel(), o, t,
         decays);
  });
}

}  // namespace xtape::optim::update
