// The check that AdamOptions and AdamWOptions have in common.
#pragma once

#include "nn/optim/adam.hpp"

namespace xtape::optim::detail {

template <class Options>
void check_adam(const Options& options, std::string_view op) {
  check_not_negative(options.lr, "lr", op);
  check_not_negative(options.eps, "eps", op);
  check_not_negative(options.weight_decay, "weight_decay", op);
  check_betas(options.betas, op);
}

}  // namespace xtape::optim::detail
