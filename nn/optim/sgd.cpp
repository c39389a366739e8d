// SGD's options and its call of the update loops.
#include "nn/optim/sgd.hpp"

#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

SGDOptions merged(SGDOptions defaults, const SGDParamGroup& group) {
  return {.lr = group.lr.value_or(defaults.lr),
          .momentum = group.momentum.value_or(defaults.momentum),
          .dampening = group.dampening.value_or(defaults.dampening),
          .weight_decay = group.weight_decay.value_or(defaults.weight_decay),
          .nesterov = group.nesterov.value_or(defaults.nesterov),
          .maximize = group.maximize.value_or(defaults.maximize)};
}

void check_options(const SGDOptions& options) {
  check_not_negative(options.lr, "lr", "SGD");
  check_not_negative(options.momentum, "momentum", "SGD");
  check_not_negative(options.weight_decay, "weight_decay", "SGD");
  check(!options.nesterov || (options.momentum > 0 && options.dampening == 0),
        "SGD: nesterov wants momentum above 0 and dampening 0; got momentum {} and dampening {}",
        options.momentum, options.dampening);
}

void visit(SGDOptions& options, const std::function<void(std::string_view, double&)>& f) {
  f("lr", options.lr);
  f("momentum", options.momentum);
  f("dampening", options.dampening);
  f("weight_decay", options.weight_decay);
  visit_bool("nesterov", options.nesterov, f);
  visit_bool("maximize", options.maximize, f);
}

void SGD::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const SGDOptions& o = options(group);
  Tensor& velocity = state.slots[0];
  const bool first = o.momentum != 0 && !velocity.defined();
  if (first) velocity = make_tensor(param.shape(), param.dtype());
  visit_floating(param.dtype(), "SGD", [&]<class T>(T) {
    T* v = velocity.defined() ? velocity.data<T>() : nullptr;
    update::sgd(param.data<T>(), gradient.data<T>(), v, param.numel(), o, first);
  });
}

}  // namespace xtape::optim
