// Adagrad's options and its call of the update loop.
#include "nn/optim/adagrad.hpp"

#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

namespace {

/// t counts steps from 1.
template <class T>
void update_memory(T* p, const T* g, T* sum, std::int64_t n, const AdagradOptions& o, std::int64_t t) {
  const update::AdagradRule<T> rule{static_cast<T>(o.lr / (1 + static_cast<double>(t - 1) * o.lr_decay)),
                                    static_cast<T>(o.weight_decay), static_cast<T>(o.eps)};
  parallel_for(n, update::kGrain, [&](std::int64_t i, std::int64_t end) {
    update::loops<T>().adagrad(rule, p + i, g + i, sum + i, end - i);
  });
}

}  // namespace

void check_options(const AdagradOptions& options) {
  check_not_negative(options.lr, "lr", "Adagrad");
  check_not_negative(options.lr_decay, "lr_decay", "Adagrad");
  check_not_negative(options.weight_decay, "weight_decay", "Adagrad");
  check_not_negative(options.initial_accumulator_value, "initial_accumulator_value", "Adagrad");
  check_not_negative(options.eps, "eps", "Adagrad");
}

Adagrad::State Adagrad::initial_state() const { return {{"step", 0}, {"sum", Tensor()}}; }

void Adagrad::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const AdagradOptions& o = options(group);
  Tensor& sum = state.tensor("sum");
  if (!sum.defined()) sum = full(param.shape(), o.initial_accumulator_value, {.dtype = param.dtype()});
  const std::int64_t t = ++state.count("step");
  xtape::detail::visit_floating(param.dtype(), "Adagrad", [&]<class T>(T) {
    update_memory(param.data<T>(), gradient.data<T>(), sum.data<T>(), param.numel(), o, t);
  });
}

}  // namespace xtape::optim
