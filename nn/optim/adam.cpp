// Adam's options and its call of the update loops.
#include "nn/optim/adam.hpp"

#include "nn/optim/detail/adam_options.hpp"
#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

void check_betas(const Betas& betas, std::string_view op) {
  for (const double beta : {betas.first, betas.second}) {
    check(beta >= 0 && beta < 1, "{}: the betas are {} and {}; expected numbers from 0 to below 1", op,
          betas.first, betas.second);
  }
}

AdamOptions merged(AdamOptions defaults, const AdamParamGroup& group) {
  return detail::merged_adam(defaults, group);
}

void check_options(const AdamOptions& options) { detail::check_adam(options, "Adam"); }

void visit(AdamOptions& options, const std::function<void(std::string_view, double&)>& f) {
  detail::visit_adam(options, f);
}

void Adam::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  using update::Decay;
  const AdamOptions& o = options(group);
  ++state.step;
  update::adam(param, gradient, state.slots, o, state.step,
               o.weight_decay != 0 ? Decay::gradient : Decay::none);
}

}  // namespace xtape::optim
