// What the update rules share: how they go over raw memory, and the step of Adam and AdamW. Elements are
// independent, so results do not depend on the threads.
#pragma once

#include <cstdint>

#include "autograd/base/parallel.hpp"
#include "nn/optim/adam.hpp"
#include "nn/optim/detail/loops.hpp"

namespace xtape::optim::update {

inline constexpr std::int64_t kGrain = 1 << 15;  // elements per chunk: too little work to share below

/// Where `array` goes on for the chunk that begins at `begin`.
template <class T>
T* from(T* array, std::int64_t begin) {
  return array ? array + begin : nullptr;
}

/// v_max is null without amsgrad.
template <class T, class Options>
void adam(T* p, const T* g, T* m, T* v, T* v_max, std::int64_t n, const Options& o,
          const BiasCorrections& corrections, Decay decays) {
  const auto [b1, b2] = o.betas;
  const AdamRule<T> rule{static_cast<T>(b1),
                         static_cast<T>(b2),
                         static_cast<T>(1 - b1),
                         static_cast<T>(1 - b2),
                         static_cast<T>(o.weight_decay),
                         static_cast<T>(o.eps),
                         static_cast<T>(o.lr / corrections.first),
                         static_cast<T>(corrections.second_root),
                         static_cast<T>(1 - o.lr * o.weight_decay),
                         decays};
  parallel_for(n, kGrain, [&](std::int64_t i, std::int64_t end) {
    loops<T>().adam(rule, p + i, g + i, m + i, v + i, from(v_max, i), end - i);
  });
}

/// One step of Adam or AdamW.
template <class Options>
void adam(const Tensor& param, const Tensor& gradient, ParamState& state, BiasCorrections& corrections,
          const Options& o, Decay decays) {
  corrections.work_out(o.betas, ++state.count("step"));
  const Tensor& mean = state.zeros("exp_avg", param);
  const Tensor& square = state.zeros("exp_avg_sq", param);
  const Tensor greatest = o.amsgrad ? state.zeros("max_exp_avg_sq", param) : Tensor();
  xtape::detail::visit_floating(param.dtype(), "Adam", [&]<class T>(T) {
    T* v_max = o.amsgrad ? greatest.data<T>() : nullptr;
    adam(param.data<T>(), gradient.data<T>(), mean.data<T>(), square.data<T>(), v_max, param.numel(), o,
         corrections, decays);
  });
}

}  // namespace xtape::optim::update
