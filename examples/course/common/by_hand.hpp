// What the notebooks write by hand: each layer's forward and backward, without a tape. The programs hold it
// against autograd.
//
// The notebooks keep a sample in a column, Z = W A + b with A {features, samples}. Here a sample is a row, as
// in PyTorch: Z = A W^T + b with A {samples, features}, so every matrix of theirs is transposed but for W.
#pragma once

#include <vector>

#include <xtape/xtape.hpp>

namespace course::by_hand {

using xtape::Tensor;

/// A fully connected layer, W {out, in} and b {out}; or the gradients of one.
struct Layer {
  Tensor W, b;
};

/// The layers of a model made of nn::Linear, sharing their values: updating one updates the other.
std::vector<Layer> layers_of(const xtape::nn::Module& model);
/// Their gradients by autograd: W.grad() and b.grad() of each.
std::vector<Layer> gradients_of(const xtape::nn::Module& model);
/// The layers' tensors in one list: W1, b1, W2, b2, ...
std::vector<Tensor> tensors(const std::vector<Layer>& layers);
std::vector<Layer> layers_from(const std::vector<Tensor>& tensors);

/// Z = A W^T + b
Tensor linear(const Tensor& A, const Layer& layer);
/// From dZ = dJ/dZ:  dW = dZ^T A,  db = sum of dZ over the samples
Layer linear_der(const Tensor& dZ, const Tensor& A);

Tensor relu(const Tensor& Z);                               ///< max(Z, 0)
Tensor relu_der(const Tensor& dA, const Tensor& Z);         ///< dZ = dA where Z > 0, else 0
Tensor activate(xtape::nn::Activation g, const Tensor& Z);  ///< relu, tanh or sigmoid
/// dZ = dA g'(Z): 1 or 0 for relu, 1 - A^2 for tanh, A (1 - A) for sigmoid
Tensor activate_der(xtape::nn::Activation g, const Tensor& dA, const Tensor& Z);

/// A cost J, the mean over m samples, and how it changes with the scores Z of the last layer.
struct Cost {
  double J = 0;
  Tensor A;   ///< probabilities
  Tensor dZ;  ///< (A - Y) / m
};
/// A = softmax Z,  J = -1/m sum log A[sample, label of sample];  Y is one_hot of the labels
Cost softmax_cross_entropy(const Tensor& Z, const Tensor& labels);
/// A = sigmoid Z,  J = -1/m sum (Y log A + (1 - Y) log(1 - A)), Y {m, 1}
Cost sigmoid_log_loss(const Tensor& Z, const Tensor& Y);

/// What a forward keeps for the backward: A[0] = x, Z[l] the scores of layer l, A[l + 1] = g(Z[l]); the
/// scores of the last layer are Z.back().
struct Pass {
  std::vector<Tensor> A, Z;
};
Pass forward(const std::vector<Layer>& layers, const Tensor& x, xtape::nn::Activation g);
/// The gradients of all layers from dZ, that of the last layer's scores. Layer by layer, from the last to the
/// first: dA = dZ W of the layer above.
std::vector<Layer> backward(const std::vector<Layer>& layers, const Pass& pass, Tensor dZ,
                            xtape::nn::Activation g);
/// W -= rate dW, b -= rate db
void update(const std::vector<Layer>& layers, const std::vector<Layer>& gradients, double rate);

/// The class with the greatest score, for each sample.
Tensor classify(const std::vector<Layer>& layers, const Tensor& x, xtape::nn::Activation g);

/// The greatest norm_relative_error over the tensors of both.
double worst_error(const std::vector<Layer>& a, const std::vector<Layer>& b);

}  // namespace course::by_hand
