// Adagrad's options and its call of the update loop.
#include "nn/optim/adagrad.hpp"

#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

AdagradOptions merged(AdagradOptions defaults, const AdagradParamGroup& group) {
  return {.lr = group.lr.value_or(defaults.lr),
          .lr_decay = group.lr_decay.value_or(defaults.lr_decay),
          .weight_decay = group.weight_decay.value_or(defaults.weight_decay),
          .initial_accumulator_value =
              group.initial_accumulator_value.value_or(defaults.initial_accumulator_value),
          .eps = group.eps.value_or(defaults.eps),
          .maximize = group.maximize.value_or(defaults.maximize)};
}

void check_options(const AdagradOptions& options) {
  check_not_negative(options.lr, "lr", "Adagrad");
  check_not_negative(options.lr_decay, "lr_decay", "Adagrad");
  check_not_negative(options.weight_decay, "weight_decay", "Adagrad");
  check_not_negative(options.initial_accumulator_value, "initial_accumulator_value", "Adagrad");
  check_not_negative(options.eps, "eps", "Adagrad");
}

void visit(AdagradOptions& options, const std::function<void(std::string_view, double&)>& f) {
  f("lr", options.lr);
  f("lr_decay", options.lr_decay);
  f("weight_decay", options.weight_decay);
  f("initial_accumulator_value", options.initial_accumulator_value);
  f("eps", options.eps);
  visit_bool("maximize", options.maximize, f);
}

void Adagrad::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const AdagradOptions& o = options(group);
  Tensor& sum = state.slots[0];
  if (!sum.defined()) sum = full(param.shape(), o.initial_accumulator_value, {.dtype = param.dtype()});
  ++state.step;
  visit_floating(param.dtype(), "Adagrad", [&]<class T>(T) {
    update::adagrad(param.data<T>(), gradient.data<T>(), sum.data<T>(), param.numel(), o, state.step);
  });
}

}  // namespace xtape::optim
