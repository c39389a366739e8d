// The numbers of the update rules, and the table of their loops, one for each instruction set.
#pragma once

#include <cstdint>

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

/// One pass over n elements of the parameter p, its gradient g and its state. What a variant has no use for
/// is null: v without momentum, v_max without amsgrad, mean unless centered.
template <class T>
struct Loops {
  void (*sgd)(const SGDRule<T>& rule, T* p, const T* g, T* v, std::int64_t n);
  void (*adam)(const AdamRule<T>& rule, T* p, const T* g, T* m, T* v, T* v_max, std::int64_t n);
  void (*rmsprop)(const RMSpropRule<T>& rule, T* p, const T* g, T* square, T* mean, T* v, std::int64_t n);
  void (*adagrad)(const AdagradRule<T>& rule, T* p, const T* g, T* sum, std::int64_t n);
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

}  // namespace xtape::optim::update
