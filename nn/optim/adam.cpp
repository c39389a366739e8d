// Adam's options and its call of the update loops.
#include "nn/optim/adam.hpp"

#include <cmath>

#include "nn/optim/detail/adam_options.hpp"
#include "nn/optim/detail/update.hpp"

namespace xtape::optim {

void BiasCorrections::work_out(const Betas& new_betas, std::int64_t new_t) {
  if (new_betas == betas && new_t == t) return;
  betas = new_betas;
  t = new_t;
  first = 1 - std::pow(betas.first, t);
  second_root = std::sqrt(1 - std::pow(betas.second, t));
}

void check_betas(const Betas& betas, std::string_view op) {
  for (const double beta : {betas.first, betas.second}) {
    check(beta >= 0 && beta < 1, "{}: the betas are {} and {}; expected numbers from 0 to below 1", op,
          betas.first, betas.second);
  }
}

void check_options(const AdamOptions& options) { detail::check_adam(options, "Adam"); }

Adam::State Adam::initial_state() const {
  return {{"step", 0}, {"exp_avg", Tensor()}, {"exp_avg_sq", Tensor()}, {"max_exp_avg_sq", Tensor()}};
}

void Adam::update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) {
  using update::Decay;
  const AdamOptions& o = options(group);
  update::adam(param, gradient, state, corrections_, o, o.weight_decay != 0 ? Decay::gradient : Decay::none);
}

}  // namespace xtape::optim
