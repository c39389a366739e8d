// AdamW's options and its call of the update loops, which are Adam's.
#include "nn/optim/adamw.hpp"

#include "nn/optim/update.hpp"

namespace xtape::optim {

AdamWOptions merged(AdamWOptions defaults, const AdamWParamGroup& group) {
  return {.lr = group.lr.value_or(defaults.lr),
          .betas = group.betas.value_or(defaults.betas),
          .eps = group.eps.value_or(defaults.eps),
          .weight_decay = group.weight_decay.value_or(defaults.weight_decay),
          .amsgrad = group.amsgrad.value_or(defaults.amsgrad),
          .maximize = group.maximize.value_or(defaults.maximize)};
}

void check_options(const AdamWOptions& options) {
  check_not_negative(options.lr, "lr", "AdamW");
  check_not_negative(options.eps, "eps", "AdamW");
  check_not_negative(options.weight_decay, "weight_decay", "AdamW");
  check_betas(options.betas, "AdamW");
}

void visit(AdamWOptions& options, const std::function<void(std::string_view, double&)>& f) {
  f("lr", options.lr);
  f("beta1", options.betas.first);
  f("beta2", options.betas.second);
  f("eps", options.eps);
  f("weight_decay", options.weight_decay);
  visit_bool("amsgrad", options.amsgrad, f);
  visit_bool("maximize", options.maximize, f);
}

void AdamW::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  using update::Decay;
  const AdamWOptions& o = options(group);
  const AdamOptions numbers{
      .lr = o.lr, .betas = o.betas, .eps = o.eps, .weight_decay = o.weight_decay, .amsgrad = o.amsgrad};
  update::adam<Decay::parameter>(param, gradient, state.slots, numbers, ++state.step);
}

}  // namespace xtape::optim
