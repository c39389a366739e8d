// Losses, for models that give one.
#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

/// sum((x - y)^2) / divisor
Names squared_error(Call& c) {
  const std::string d = c.node("Sub", {c.in(), c.in(1)});
  const std::string sum = c.node("ReduceSum", {c.node("Mul", {d, d})}, {{"keepdims", std::int64_t{0}}});
  return {c.node("Div", {sum, c.scalar(c.number("divisor"))})};
}

/// Of each row, -log softmax(x) at the label.
Names label_cross_entropy(Call& c) {
  return {c.node("SoftmaxCrossEntropyLoss", {c.in(), c.in(1)}, {{"reduction", std::string("none")}})};
}

/// (t - 1) log(1 - x) - t log(x), with logarithms of at least -100
Names binary_cross_entropy(Call& c) {
  const auto log = [&](const std::string& x) { return c.node("Max", {c.node("Log", {x}), c.scalar(-100)}); };
  const std::string x = c.in(), t = c.in(1), one = c.scalar(1);
  const std::string absent = c.node("Mul", {c.node("Sub", {t, one}), log(c.node("Sub", {one, x}))});
  return {c.node("Sub", {absent, c.node("Mul", {t, log(x)})})};
}

constexpr Form kForms[] = {
    {"squared_error", "Sub, Mul, ReduceSum, Div", squared_error},
    {"label_cross_entropy", "SoftmaxCrossEntropyLoss", label_cross_entropy},
    {"binary_cross_entropy", "Log, Max, Mul, Sub", binary_cross_entropy},
};

}  // namespace

std::span<const Form> loss_forms() { return kForms; }

}  // namespace xtape::onnx::saving
