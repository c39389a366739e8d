// RMSprop's options and its call of the update loop.
#include "nn/optim/rmsprop.hpp"

#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

namespace {

/// mean is null unless centered, v without momentum.
template <class T>
void update_memory(T* p, const T* g, T* square, T* mean, T* v, std::int64_t n, const RMSpropOptions& o) {
  const update::RMSpropRule<T> rule{static_cast<T>(o.lr),           static_cast<T>(o.alpha),
                                    static_cast<T>(1 - o.alpha),    static_cast<T>(o.eps),
                                    static_cast<T>(o.weight_decay), static_cast<T>(o.momentum)};
  parallel_for(n, update::kGrain, [&](std::int64_t i, std::int64_t end) {
    update::loops<T>().rmsprop(rule, p + i, g + i, square + i, update::from(mean, i), update::from(v, i),
                               end - i);
  });
}

}  // namespace

void check_options(const RMSpropOptions& options) {
  check_not_negative(options.lr, "lr", "RMSprop");
  check(options.alpha >= 0 && options.alpha <= 1, "RMSprop: alpha is {}; expected a number from 0 to 1",
        options.alpha);
  check_not_negative(options.eps, "eps", "RMSprop");
  check_not_negative(options.weight_decay, "weight_decay", "RMSprop");
  check_not_negative(options.momentum, "momentum", "RMSprop");
}

RMSprop::State RMSprop::initial_state() const {
  return {{"step", 0}, {"square_avg", Tensor()}, {"momentum_buffer", Tensor()}, {"grad_avg", Tensor()}};
}

void RMSprop::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const RMSpropOptions& o = options(group);
  const Tensor& square = state.zeros("square_avg", param);
  const Tensor velocity = o.momentum > 0 ? state.zeros("momentum_buffer", param) : Tensor();
  const Tensor mean = o.centered ? state.zeros("grad_avg", param) : Tensor();
  ++state.count("step");
  xtape::detail::visit_floating(param.dtype(), "RMSprop", [&]<class T>(T) {
    update_memory(param.data<T>(), gradient.data<T>(), square.data<T>(),
                  mean.defined() ? mean.data<T>() : nullptr,
                  velocity.defined() ? velocity.data<T>() : nullptr, param.numel(), o);
  });
}

}  // namespace xtape::optim
