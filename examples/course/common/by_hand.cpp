// The formulas of by_hand.hpp.
#include "by_hand.hpp"

#include <algorithm>
#include <utility>

namespace course::by_hand {

using namespace xtape;
using nn::Activation;

std::vector<Layer> layers_from(const std::vector<Tensor>& tensors) {
  std::vector<Layer> layers;
  for (std::size_t i = 0; i + 1 < tensors.size(); i += 2) layers.push_back({tensors[i], tensors[i + 1]});
  return layers;
}

std::vector<Layer> layers_of(const nn::Module& model) {
  std::vector<Tensor> values;
  for (const Tensor& parameter : model.parameters()) values.push_back(parameter.detach());
  return layers_from(values);
}

std::vector<Layer> gradients_of(const nn::Module& model) {
  std::vector<Tensor> gradients;
  for (const Tensor& parameter : model.parameters()) gradients.push_back(parameter.grad());
  return layers_from(gradients);
}

std::vector<Tensor> tensors(const std::vector<Layer>& layers) {
  std::vector<Tensor> all;
  for (const Layer& layer : layers) all.insert(all.end(), {layer.W, layer.b});
  return all;
}

Tensor linear(const Tensor& A, const Layer& layer) { return matmul(A, t(layer.W)) + layer.b; }

Layer linear_der(const Tensor& dZ, const Tensor& A) { return {matmul(t(dZ), A), sum(dZ, 0)}; }

Tensor relu(const Tensor& Z) { return maximum(Z, 0); }

Tensor relu_der(const Tensor& dA, const Tensor& Z) { return where(Z > 0, dA, 0); }

Tensor activate(Activation g, const Tensor& Z) {
  if (g == Activation::relu) return by_hand::relu(Z);
  if (g == Activation::tanh) return tanh(Z);
  check(g == Activation::sigmoid, "activate: got another activation; expected relu, tanh or sigmoid");
  return 1 / (1 + exp(-Z));
}

Tensor activate_der(Activation g, const Tensor& dA, const Tensor& Z) {
  if (g == Activation::relu) return relu_der(dA, Z);
  const Tensor A = activate(g, Z);
  return g == Activation::tanh ? dA * (1 - square(A)) : dA * A * (1 - A);
}

Cost softmax_cross_entropy(const Tensor& Z, const Tensor& labels) {
  const auto m = static_cast<double>(Z.size(0));
  const Tensor shifted = Z - amax(Z, 1, true);  // softmax does not change, and exp cannot overflow
  const Tensor log_A = shifted - log(sum(exp(shifted), 1, true));
  const Tensor A = exp(log_A), Y = one_hot(labels, Z.size(1));
  return {-sum(Y * log_A).item() / m, A, (A - Y) / m};
}

Cost sigmoid_log_loss(const Tensor& Z, const Tensor& Y) {
  const auto m = static_cast<double>(Z.size(0));
  const Tensor A = 1 / (1 + exp(-Z));
  const Tensor minus_log_A = log1p(exp(-abs(Z))) + maximum(-Z, 0);     // log A itself is log 0 for Z < -745
  return {sum(minus_log_A + (1 - Y) * Z).item() / m, A, (A - Y) / m};  // log(1 - A) = log A - Z
}

Pass forward(const std::vector<Layer>& layers, const Tensor& x, Activation g) {
  Pass pass{{x}, {}};
  for (const Layer& layer : layers) {
    pass.Z.push_back(linear(pass.A.back(), layer));
    if (pass.Z.size() < layers.size()) pass.A.push_back(activate(g, pass.Z.back()));
  }
  return pass;
}

std::vector<Layer> backward(const std::vector<Layer>& layers, const Pass& pass, Tensor dZ, Activation g) {
  std::vector<Layer> gradients(layers.size());
  for (std::size_t l = layers.size(); l-- > 0;) {
    gradients[l] = linear_der(dZ, pass.A[l]);
    if (l > 0) dZ = activate_der(g, matmul(dZ, layers[l].W), pass.Z[l - 1]);
  }
  return gradients;
}

void update(const std::vector<Layer>& layers, const std::vector<Layer>& gradients, double rate) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    layers[l].W -= rate * gradients[l].W;
    layers[l].b -= rate * gradients[l].b;
  }
}

Tensor classify(const std::vector<Layer>& layers, const Tensor& x, Activation g) {
  return argmax(forward(layers, x, g).Z.back(), 1);
}

double worst_error(const std::vector<Layer>& a, const std::vector<Layer>& b) {
  const std::vector<Tensor> left = tensors(a), right = tensors(b);
  double worst = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    worst = std::max(worst, norm_relative_error(left[i], right[i]));
  }
  return worst;
}

}  // namespace course::by_hand
