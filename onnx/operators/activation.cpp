// Activation functions and the softmax family.
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// f along an axis. Before opset 13 all dims from the axis on are one.
Results along_axis(const Call& call, Tensor (*f)(const Tensor&, Dim)) {
  const Tensor& x = call[0];
  if (call.opset() >= 13) return f(x, axis_of(call, x, -1));
  const int axis = axis_of(call, x, 1);
  const Shape rows{numel_between(x.shape(), 0, axis), numel_between(x.shape(), axis, x.shape().size())};
  return reshape(f(reshape(x, rows), 1), x.shape());
}

Tensor hardmax(const Tensor& x, Dim dim) {
  return x.numel() == 0 ? x : scatter(zeros_like(x), dim, argmax(x, dim, true), 1);
}

Results leaky(const Call& call) { return leaky_relu(call[0], call.number("alpha", 0.01)); }

Results scaled_elu(const Call& call) {
  // The defaults of ONNX, rounded to float32 as its attributes are.
  return elu(call[0], call.number("alpha", 1.67326319217681884765625)) *
         call.number("gamma", 1.05070102214813232421875);
}

Results hard_sigmoid(const Call& call) {
  return clamp(call[0] * call.number("alpha", 0.2F) + call.number("beta", 0.5), 0, 1);
}

Results parametric_relu(const Call& call) {
  const Tensor &x = call[0], &slope = call[1];
  if (call.opset() < 7) return prelu(x, slope);
  return maximum(x, 0) + slope * minimum(x, 0);
}

Results thresholded_relu(const Call& call) { return where(call[0] > call.number("alpha", 1), call[0], 0); }

Results shrink(const Call& call) {
  const Tensor& x = call[0];
  const double bias = call.number("bias", 0), bound = call.number("lambd", 0.5);
  const Tensor inner = zeros_like(x);
  return where(x < -bound, (x + bias).to(x.dtype()), where(x > bound, (x - bias).to(x.dtype()), inner));
}

}  // namespace

Operators activation_operators() {
  return {{"Celu", 12, [](const Call& call) { return celu(call[0], call.number("alpha", 1)); }},
          {"Elu", 1, [](const Call& call) { return elu(call[0], call.number("alpha", 1)); }},
          {"HardSigmoid", 1, hard_sigmoid},
          {"HardSwish", 14, unary(hardswish)},
          {"Hardmax", 1, [](const Call& call) { return along_axis(call, hardmax); }},
          {"LeakyRelu", 1, leaky},
          {"LogSoftmax", 1, [](const Call& call) { return along_axis(call, log_softmax); }},
          {"Mish", 18, unary(mish)},
          {"PRelu", 1, parametric_relu},
          {"Relu", 1, unary(relu)},
          {"Selu", 1, scaled_elu},
          {"Shrink", 9, shrink},
          {"Sigmoid", 1, unary(sigmoid)},
          {"Softmax", 1, [](const Call& call) { return along_axis(call, softmax); }},
          {"Softplus", 1, [](const Call& call) { return softplus(call[0]); }},
          {"Softsign", 1, unary(softsign)},
          {"Tanh", 1, unary(tanh)},
          {"ThresholdedRelu", 10, thresholded_relu}};
}

}  // namespace xtape::onnx::detail
