// The forward functions and printed options of the activation modules.
#include "nn/layers/activation.hpp"

#include "nn/layers/detail/with_activation.hpp"
#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

Tensor Identity::forward(const Tensor& x) { return x; }
Tensor Sigmoid::forward(const Tensor& x) { return sigmoid(x); }
Tensor Tanh::forward(const Tensor& x) { return tanh(x); }

Tensor LeakyReLU::forward(const Tensor& x) { return leaky_relu(x, options_); }
std::string LeakyReLU::extra_repr() const {
  return "negative_slope=" + python_repr(options_.negative_slope) + inplace_text(options_.inplace);
}

Tensor ELU::forward(const Tensor& x) { return elu(x, options_); }
std::string ELU::extra_repr() const {
  return "alpha=" + python_repr(options_.alpha) + inplace_text(options_.inplace);
}

GELU::GELU(const GELUOptions& options) : approximate_(options.approximate) {
  check(approximate_ == "none" || approximate_ == "tanh",
        "GELU: the approximation is \"{}\"; expected \"none\" or \"tanh\"", approximate_);
}
Tensor GELU::forward(const Tensor& x) { return gelu(x, approximate_); }
std::string GELU::extra_repr() const { return "approximate='" + approximate_ + "'"; }

Tensor Softplus::forward(const Tensor& x) { return softplus(x, options_.beta, options_.threshold); }
std::string Softplus::extra_repr() const {
  return fmt::format("beta={}, threshold={}", python_repr(options_.beta), python_repr(options_.threshold));
}

Tensor Softmax::forward(const Tensor& x) { return softmax(x, options_.dim); }
std::string Softmax::extra_repr() const { return fmt::format("dim={}", options_.dim); }

Tensor LogSoftmax::forward(const Tensor& x) { return log_softmax(x, options_.dim); }
std::string LogSoftmax::extra_repr() const { return fmt::format("dim={}", options_.dim); }

namespace {
constexpr std::pair<Activation, std::string_view> kNames[] = {
    {Activation::identity, "identity"}, {Activation::relu, "relu"}, {Activation::leaky_relu, "leaky_relu"},
    {Activation::elu, "elu"},           {Activation::gelu, "gelu"}, {Activation::silu, "silu"},
    {Activation::sigmoid, "sigmoid"},   {Activation::tanh, "tanh"}, {Activation::softplus, "softplus"}};
}

std::string_view to_string(Activation activation) {
  for (const auto& [value, name] : kNames) {
    if (value == activation) return name;
  }
  throw Error("to_string: no such activation");
}

Activation activation_named(std::string_view name) {
  if (name == "linear" || name == "none") return Activation::identity;
  std::string names;
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
    names += fmt::format("{}, ", known);
  }
  throw Error(fmt::format("activation_named: there is no \"{}\"; there are {}and linear", name, names));
}

std::shared_ptr<Module> make_activation(Activation activation) {
  std::shared_ptr<Module> made;
  detail::with_activation(activation,
                          [&](auto module) { made = std::make_shared<decltype(module)>(std::move(module)); });
  return made;
}

}  // namespace xtape::nn
