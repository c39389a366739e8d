// Adam's options and its call of the update loops.
#include "nn/optim/adam.hpp"

#include "nn/optim/update.hpp"

namespace xtape::optim {

AdamOptions merged(AdamOptions defaults, const AdamParamGroup& group) {
  return {.lr = group.lr.value_or(defaults.lr),
          .betas = group.betas.value_or(defaults.betas),
          .eps = group.eps.value_or(defaults.eps),
          .weight_decay = group.weight_decay.value_or(defaults.weight_decay),
          .amsgrad = group.amsgrad.value_or(defaults.amsgrad),
          .maximize = group.maximize.value_or(defaults.maximize)};
}

void check_betas(const Betas& betas, std::string_view op) {
  for (const double beta : {betas.first, betas.second}) {
    check(beta >= 0 && beta < 1, "{}: the betas are {} and {}; expected numbers from 0 to below 1", op,
          betas.first, betas.second);
  }
}

void check_options(const AdamOptions& options) {
  check_not_negative(options.lr, "lr", "Adam");
  check_not_negative(options.eps, "eps", "Adam");
  check_not_negative(options.weight_decay, "weight_decay", "Adam");
  check_betas(options.betas, "Adam");
}

void visit(AdamOptions& options, const std::function<void(std::string_view, double&)>& f) {
  f("lr", options.lr);
  f("beta1", options.betas.first);
  f("beta2", options.betas.second);
  f("eps", options.eps);
  f("weight_decay", options.weight_decay);
  visit_bool("amsgrad", options.amsgrad, f);
  visit_bool("maximize", options.maximize, f);
}

void Adam::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  using update::Decay;
  const AdamOptions& o = options(group);
  ++state.step;
  if (o.weight_decay != 0)
    update::adam<Decay::gradient>(param, gradient, state.slots, o, state.step);
  else
    update::adam<Decay::none>(param, gradient, state.slots, o, state.step);
}

}  // namespace xtape::optim
