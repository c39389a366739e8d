// Activations, softmax and dropout.
#include <numbers>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

/// x / 2 (1 + erf(x / sqrt(2)))
Names gelu(Call& c) {
  const std::string x = c.in();
  const std::string erf = c.node("Erf", {c.node("Mul", {x, c.scalar(std::numbers::sqrt2 / 2)})});
  return {c.node("Mul", {c.node("Mul", {x, c.scalar(0.5)}), c.node("Add", {erf, c.scalar(1)})})};
}

/// x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
Names gelu_tanh(Call& c) {
  const std::string x = c.in(), cube = c.node("Mul", {c.node("Mul", {x, x}), x});
  const std::string sum = c.node("Add", {x, c.node("Mul", {cube, c.scalar(0.044715)})});
  const std::string slope = c.scalar(std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
  const std::string tanh = c.node("Tanh", {c.node("Mul", {sum, slope})});
  return {c.node("Mul", {c.node("Mul", {x, c.scalar(0.5)}), c.node("Add", {tanh, c.scalar(1)})})};
}

/// log(1 + e^(beta x)) / beta, and x where beta x is above the threshold
Names softplus(Call& c) {
  const double beta = c.number("beta"), threshold = c.number("threshold");
  const std::string x = c.in(), scaled = beta == 1 ? x : c.node("Mul", {x, c.scalar(beta)});
  std::string y = c.node("Softplus", {scaled});
  if (beta != 1) y = c.node("Div", {y, c.scalar(beta)});
  if (threshold >= 20) return {y};  // where both are equal in float32, and nearly so in float64
  return {c.node("Where", {c.node("Greater", {scaled, c.scalar(threshold)}), x, y})};
}

Names mish(Call& c) { return {c.node("Mul", {c.in(), c.node("Tanh", {c.node("Softplus", {c.in()})})})}; }

Names hardtanh(Call& c) {
  return {c.node("Clip", {c.in(), c.scalar(c.number("min_val")), c.scalar(c.number("max_val"))})};
}

Names prelu(Call& c) {
  std::string slope = c.in(1);
  std::vector<std::int64_t> behind;  // a slope for each channel, which is dim 1
  for (int d = 2; d < c.dim(); ++d) behind.push_back(d - 1);
  if (!behind.empty() && c.dim(1) == 1) slope = c.unsqueezed(slope, behind);
  return {c.node("PRelu", {c.in(), slope})};
}

/// Of a number, too, which ONNX takes for no list.
Names along(Call& c, std::string_view type) {
  if (c.dim() > 0) return {c.node(type, {c.in()}, {{"axis", c.axis()}})};
  const std::string y = c.node(type, {c.unsqueezed(c.in(), {0})}, {{"axis", std::int64_t{0}}});
  return {c.squeezed(y, {0})};
}

/// Within a trace dropout is in training: elsewhere it is nothing at all.
Names dropout(Call& c) {
  if (c.number("p") == 1) return {c.node("Mul", {c.in(), c.scalar(0)})};  // a ratio is below 1
  const std::string ratio = c.constant(full({}, c.number("p"), {.dtype = kFloat32}));
  return {c.node("Dropout", {c.in(), ratio, c.constant(full({}, true, {.dtype = kBool}))})};
}

Names dropout_of_channels(Call& c) {
  c.require(false, "ONNX has no dropout of whole channels; save the model in evaluation mode");
  return {};
}

constexpr Form kForms[] = {
    {"relu", "Relu"},
    {"sigmoid", "Sigmoid"},
    {"tanh", "Tanh"},
    {"softsign", "Softsign", nullptr, Form::Of::function},
    {"selu", "Selu", nullptr, Form::Of::function},
    {"hardswish", "HardSwish"},
    {"leaky_relu", "LeakyRelu",
     [](Call& c) -> Names {
       return {c.node("LeakyRelu", {c.in()}, {{"alpha", c.number("negative_slope")}})};
     }},
    {"elu", "Elu",
     [](Call& c) -> Names {
       return {c.node("Elu", {c.in()}, {{"alpha", c.number("alpha")}})};
     }},
    {"celu", "Celu",
     [](Call& c) -> Names {
       return {c.node("Celu", {c.in()}, {{"alpha", c.number("alpha")}})};
     }},
    {"hardsigmoid", "HardSigmoid",
     [](Call& c) -> Names {
       return {c.node("HardSigmoid", {c.in()}, {{"alpha", 1.0 / 6}, {"beta", 0.5}})};
     }},
    {"hardtanh", "Clip", hardtanh},
    {"silu", "Sigmoid, Mul",
     [](Call& c) -> Names {
       return {c.node("Mul", {c.in(), c.node("Sigmoid", {c.in()})})};
     }},
    {"logsigmoid", "Neg, Softplus",
     [](Call& c) -> Names { return {c.node("Neg", {c.node("Softplus", {c.node("Neg", {c.in()})})})}; }},
    {"mish", "Softplus, Tanh, Mul", mish},
    {"gelu", "Erf, Mul, Add", gelu},
    {"gelu_tanh", "Tanh, Mul, Add", gelu_tanh},
    {"softplus", "Softplus", softplus},
    {"prelu", "PRelu", prelu, Form::Of::function},
    {"softmax", "Softmax", [](Call& c) { return along(c, "Softmax"); }},
    {"log_softmax", "LogSoftmax", [](Call& c) { return along(c, "LogSoftmax"); }},
    {"dropout", "Dropout, in training mode", dropout, Form::Of::function},
    {"dropout2d", "none in training mode", dropout_of_channels, Form::Of::function},
};

}  // namespace

std::span<const Form> activation_forms() { return kForms; }

}  // namespace xtape::onnx::saving
