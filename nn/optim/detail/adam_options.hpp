// What AdamOptions and AdamWOptions have in common: all but the default weight decay.
#pragma once

#include "nn/optim/adam.hpp"

namespace xtape::optim::detail {

template <class Options, class Group>
Options merged_adam(const Options& defaults, const Group& group) {
  return {.lr = group.lr.value_or(defaults.lr),
          .betas = group.betas.value_or(defaults.betas),
          .eps = group.eps.value_or(defaults.eps),
          .weight_decay = group.weight_decay.value_or(defaults.weight_decay),
          .amsgrad = group.amsgrad.value_or(defaults.amsgrad),
          .maximize = group.maximize.value_or(defaults.maximize)};
}

template <class Options>
void check_adam(const Options& options, std::string_view op) {
  check_not_negative(options.lr, "lr", op);
  check_not_negative(options.eps, "eps", op);
  check_not_negative(options.weight_decay, "weight_decay", op);
  check_betas(options.betas, op);
}

template <class Options, class F>
void visit_adam(Options& options, const F& f) {
  f("lr", options.lr);
  f("beta1", options.betas.first);
  f("beta2", options.betas.second);
  f("eps", options.eps);
  f("weight_decay", options.weight_decay);
  visit_bool("amsgrad", options.amsgrad, f);
  visit_bool("maximize", options.maximize, f);
}

}  // namespace xtape::optim::detail
