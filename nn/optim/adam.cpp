// Adam's options and its call of the update loop.
#include "nn/optim/adam.hpp"

#include "nn/optim/update.hpp"

namespace xtape::optim {

AdamOptions merged(AdamOptions defaults, const AdamParamGroup& group) {
  return {.lr = group.lr.value_or(defaults.lr),
          .betas = group.betas.value_or(defaults.betas),
          .eps = group.eps.value_or(defaults.eps),
          .weight_decay = group.weight_decay.value_or(defaults.weight_decay),
          .amsgrad = group.amsgrad.value_or(defaults.amsgrad)};
}

void check_options(const AdamOptions& options) {
  check_not_negative(options.lr, "lr", "Adam");
  check_not_negative(options.eps, "eps", "Adam");
  check_not_negative(options.weight_decay, "weight_decay", "Adam");
  for (const double beta : {options.betas.first, options.betas.second}) {
    check(beta >= 0 && beta < 1, "Adam: the betas are {} and {}; expected numbers from 0 to below 1",
          options.betas.first, options.betas.second);
  }
}

void visit(AdamOptions& options, const std::function<void(std::string_view, double&)>& f) {
  f("lr", options.lr);
  f("beta1", options.betas.first);
  f("beta2", options.betas.second);
  f("eps", options.eps);
  f("weight_decay", options.weight_decay);
  visit_bool("amsgrad", options.amsgrad, f);
}

void Adam::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const AdamOptions& o = options(group);
  Tensor& mean = state.slots[0];
  Tensor& square = state.slots[1];
  Tensor& greatest = state.slots[2];
  for (Tensor* slot : {&mean, &square}) {
    if (!slot->defined()) *slot = zeros(param.shape(), {.dtype = param.dtype()});
  }
  if (o.amsgrad && !greatest.defined()) greatest = zeros(param.shape(), {.dtype = param.dtype()});
  ++state.step;
  visit_floating(param.dtype(), "Adam", [&]<class T>(T) {
    T* v_max = o.amsgrad ? greatest.data<T>() : nullptr;
    update::adam(param.data<T>(), gradient.data<T>(), mean.data<T>(), square.data<T>(), v_max, param.numel(),
                 o, state.step);
  });
}

}  // namespace xtape::optim
