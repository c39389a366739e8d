// Adadelta's options and its call of the update loop.
#include "nn/optim/adadelta.hpp"

#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

namespace {

template <class T>
void update_memory(T* p, const T* g, T* square, T* delta, std::int64_t n, const AdadeltaOptions& o) {
  const update::AdadeltaRule<T> rule{static_cast<T>(o.lr), static_cast<T>(o.rho), static_cast<T>(1 - o.rho),
                                     static_cast<T>(o.eps), static_cast<T>(o.weight_decay)};
  parallel_for(n, update::kGrain, [&](std::int64_t i, std::int64_t end) {
    update::loops<T>().adadelta(rule, p + i, g + i, square + i, delta + i, end - i);
  });
}

}  // namespace

void check_options(const AdadeltaOptions& options) {
  check_not_negative(options.lr, "lr", "Adadelta");
  check(options.rho >= 0 && options.rho <= 1, "Adadelta: rho is {}; expected 0 to 1", options.rho);
  check_not_negative(options.eps, "eps", "Adadelta");
  check_not_negative(options.weight_decay, "weight_decay", "Adadelta");
}

Adadelta::State Adadelta::initial_state() const {
  return {{"step", 0}, {"square_avg", Tensor()}, {"acc_delta", Tensor()}};
}

void Adadelta::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  ++state.count("step");
  const Tensor& square = state.zeros("square_avg", param);
  const Tensor& delta = state.zeros("acc_delta", param);
  xtape::detail::visit_floating(param.dtype(), "Adadelta", [&]<class T>(T) {
    update_memory(param.data<T>(), gradient.data<T>(), square.data<T>(), delta.data<T>(), param.numel(),
                  options(group));
  });
}

}  // namespace xtape::optim
