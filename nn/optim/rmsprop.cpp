// RMSprop's options and its call of the update loop.
#include "nn/optim/rmsprop.hpp"

#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

RMSpropOptions merged(RMSpropOptions defaults, const RMSpropParamGroup& group) {
  return {.lr = group.lr.value_or(defaults.lr),
          .alpha = group.alpha.value_or(defaults.alpha),
          .eps = group.eps.value_or(defaults.eps),
          .weight_decay = group.weight_decay.value_or(defaults.weight_decay),
          .momentum = group.momentum.value_or(defaults.momentum),
          .centered = group.centered.value_or(defaults.centered),
          .maximize = group.maximize.value_or(defaults.maximize)};
}

void check_options(const RMSpropOptions& options) {
  check_not_negative(options.lr, "lr", "RMSprop");
  check(options.alpha >= 0 && options.alpha <= 1, "RMSprop: alpha is {}; expected a number from 0 to 1",
        options.alpha);
  check_not_negative(options.eps, "eps", "RMSprop");
  check_not_negative(options.weight_decay, "weight_decay", "RMSprop");
  check_not_negative(options.momentum, "momentum", "RMSprop");
}

void visit(RMSpropOptions& options, const std::function<void(std::string_view, double&)>& f) {
  f("lr", options.lr);
  f("alpha", options.alpha);
  f("eps", options.eps);
  f("weight_decay", options.weight_decay);
  f("momentum", options.momentum);
  visit_bool("centered", options.centered, f);
  visit_bool("maximize", options.maximize, f);
}

void RMSprop::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const RMSpropOptions& o = options(group);
  const Tensor& square = update::ready(state.slots[0], param);
  const Tensor velocity = o.momentum > 0 ? update::ready(state.slots[1], param) : Tensor();
  const Tensor mean = o.centered ? update::ready(state.slots[2], param) : Tensor();
  ++state.step;
  visit_floating(param.dtype(), "RMSprop", [&]<class T>(T) {
    update::rmsprop(param.data<T>(), gradient.data<T>(), square.data<T>(),
                    mean.defined() ? mean.data<T>() : nullptr,
                    velocity.defined() ? velocity.data<T>() : nullptr, param.numel(), o);
  });
}

}  // namespace xtape::optim
