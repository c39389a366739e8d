// SGD's options and its call of the update loops.
#include "nn/optim/sgd.hpp"

#include <algorithm>

#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

namespace {

/// v is null without momentum; `first`: its contents are undefined, and it becomes the gradient.
template <class T>
void update_memory(T* p, const T* g, T* v, std::int64_t n, const SGDOptions& o, bool first) {
  const update::SGDRule<T> rule{static_cast<T>(o.lr), static_cast<T>(o.momentum),
                                static_cast<T>(first ? 1 : 1 - o.dampening), static_cast<T>(o.weight_decay),
                                o.nesterov};
  if (first) std::fill_n(v, n, T(0));
  parallel_for(n, update::kGrain, [&](std::int64_t i, std::int64_t end) {
    update::loops<T>().sgd(rule, p + i, g + i, update::from(v, i), end - i);
  });
}

}  // namespace

void check_options(const SGDOptions& options) {
  check_not_negative(options.lr, "lr", "SGD");
  check_not_negative(options.momentum, "momentum", "SGD");
  check_not_negative(options.weight_decay, "weight_decay", "SGD");
  check(!options.nesterov || (options.momentum > 0 && options.dampening == 0),
        "SGD: nesterov wants momentum above 0 and dampening 0; got momentum {} and dampening {}",
        options.momentum, options.dampening);
}

SGD::State SGD::initial_state() const { return {{"momentum_buffer", Tensor()}}; }

void SGD::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const SGDOptions& o = options(group);
  Tensor& velocity = state.tensor("momentum_buffer");
  const bool first = o.momentum != 0 && !velocity.defined();
  if (first) velocity = xtape::detail::make_tensor(param.shape(), param.dtype());
  xtape::detail::visit_floating(param.dtype(), "SGD", [&]<class T>(T) {
    T* v = velocity.defined() ? velocity.data<T>() : nullptr;
    update_memory(param.data<T>(), gradient.data<T>(), v, param.numel(), o, first);
  });
}

}  // namespace xtape::optim
