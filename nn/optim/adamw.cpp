// AdamW's options and its call of the update loops, which are Adam's.
#include "nn/optim/adamw.hpp"

#include "nn/optim/detail/adam_options.hpp"
#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

void check_options(const AdamWOptions& options) { detail::check_adam(options, "AdamW"); }

AdamW::State AdamW::initial_state() const {
  return {{"step", 0}, {"exp_avg", Tensor()}, {"exp_avg_sq", Tensor()}, {"max_exp_avg_sq", Tensor()}};
}

void AdamW::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  update::adam(param, gradient, state, corrections_, options(group), update::Decay::parameter);
}

}  // namespace xtape::optim
