// Weights of recurrent layers: their initial values, and what does not fit them.
#include "nn/layers/recurrent_weights.hpp"

#include <cmath>

#include "nn/init.hpp"

namespace xtape::nn {

namespace {

Registered initial(ModuleBase& module, const std::string& name, const Shape& shape,
                   const RecurrentWeights::Settings& settings) {
  const double bound = 1 / std::sqrt(static_cast<double>(settings.hidden));
  return module.register_parameter(
      name, init::uniform_(empty(shape, {.dtype = settings.dtype}), -bound, bound, settings.generator));
}

Registered initial_bias(ModuleBase& module, const std::string& name,
                        const RecurrentWeights::Settings& settings) {
  if (!settings.bias) return module.register_parameter(name, Tensor());
  return initial(module, name, {settings.gates * settings.hidden}, settings);
}

}  // namespace

RecurrentWeights::RecurrentWeights(ModuleBase& module, const Settings& settings, const std::string& suffix)
    : ih(initial(module, "weight_ih" + suffix, {settings.gates * settings.hidden, settings.input}, settings)),
      hh(initial(module, "weight_hh" + suffix, {settings.gates * settings.hidden, settings.hidden},
                 settings)),
      bias_ih(initial_bias(module, "bias_ih" + suffix, settings)),
      bias_hh(initial_bias(module, "bias_hh" + suffix, settings)) {}

Tensor RecurrentWeights::of_input(const Tensor& x, const Tensor& bias) const {
  return bias.defined() ? linear(x, ih, bias) : linear(x, ih);
}

namespace detail {

void check_recurrent(std::string_view layer, const RecurrentWeights::Settings& settings) {
  check(settings.input > 0 && settings.hidden > 0,
        "{}: input_size is {} and hidden_size {}; expected 1 or more", layer, settings.input,
        settings.hidden);
  check(is_floating(settings.dtype), "{}: the dtype is {}; expected float32 or float64", layer,
        settings.dtype);
}

void check_recurrent_input(std::string_view layer, const Tensor& x, const RecurrentWeights& weights) {
  check(x.dtype() == weights.ih->dtype(),
        "{}: the input is {}, the weights are {}; convert one of them with to()", layer, x.dtype(),
        weights.ih->dtype());
  check(x.dim() > 0 && x.size(-1) == weights.ih->size(1),
        "{}: the input is of shape {}; expected a last size of {}, the input_size", layer, x.shape(),
        weights.ih->size(1));
}

void check_recurrent_state(std::string_view layer, std::string_view name, const Tensor& state,
                           const Shape& shape, const Tensor& x) {
  check(state.shape() == shape, "{}: {} is of shape {}; expected {} beside an input of {}", layer, name,
        state.shape(), shape, x.shape());
  check(state.dtype() == x.dtype(), "{}: {} is {}, the input is {}; convert one of them with to()", layer,
        name, state.dtype(), x.dtype());
}

}  // namespace detail

}  // namespace xtape::nn
