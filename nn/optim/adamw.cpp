// AdamW's options and its call of the update loops, which are Adam's.
#include "nn/optim/adamw.hpp"

#include "nn/optim/detail/adam_options.hpp"
#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

AdamWOptions merged(AdamWOptions defaults, const AdamWParamGroup& group) {
  return detail::merged_adam(defaults, group);
}

void check_options(const AdamWOptions& options) { detail::check_adam(options, "AdamW"); }

void visit(AdamWOptions& options, const std::function<void(std::string_view, double&)>& f) {
  detail::visit_adam(options, f);
}

void AdamW::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  const AdamWOptions& o = options(group);
  const AdamOptions numbers{
      .lr = o.lr, .betas = o.betas, .eps = o.eps, .weight_decay = o.weight_decay, .amsgrad = o.amsgrad};
  update::adam(param, gradient, state.slots, numbers, ++state.step, update::Decay::parameter);
}

}  // namespace xtape::optim
