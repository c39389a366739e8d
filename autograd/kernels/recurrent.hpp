// Kernels of the recurrent layers: all steps of a batch of sequences, and their gradients. They run
// unrecorded on contiguous floats. What the states are multiplied with is computed by them, what the inputs
// are multiplied with is given.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "autograd/base/detail/steps.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

using detail::Steps;

/// h = tanh(a + h' W^T), or relu of that, in place of a {rows, H}; W {H, H}, h' the state before, h0 {N, H}
/// before the first step.
void rnn(const Steps& steps, bool relu, const Tensor& weight, const Tensor& h0, const Tensor& a);
/// {da, dh0} for the gradient g of all h.
std::array<Tensor, 2> rnn_backward(const Steps& steps, bool relu, const Tensor& weight, const Tensor& h,
                                   const Tensor& g);

/// {h, c}, of the gates a {rows, 4 H}, in whose place i, f, g and o come: i, f, o = sigmoid and g = tanh of
/// a + h' W^T, c = f c' + i g, h = o tanh(c). W {4 H, H}.
std::array<Tensor, 2> lstm(const Steps& steps, const Tensor& weight, const Tensor& h0, const Tensor& c0,
                           const Tensor& a);
struct LstmValues {
  Tensor weight, c0, c, gates;
};
/// {da, dh0, dc0} for the gradients of all h and all c, of which one may be undefined.
std::array<Tensor, 3> lstm_backward(const Steps& steps, const LstmValues& values, const Tensor& gh,
                                    const Tensor& gc);

/// {h, q}, of the gates a {rows, 3 H}, in whose place r, z and n come: r, z = sigmoid(a + h' W^T), q = h'
/// W_n^T
/// + bias, n = tanh(a + r q), h = n + z (h' - n). W {3 H, H}, of which W_n is the last third; bias {H}.
std::array<Tensor, 2> gru(const Steps& steps, const Tensor& weight, const Tensor& bias, const Tensor& h0,
                          const Tensor& a);
struct GruValues {
  Tensor weight, h0, h, q, gates;
};
/// {da, dq, dh0} for the gradient g of all h.
std::array<Tensor, 3> gru_backward(const Steps& steps, const GruValues& values, const Tensor& g);

/// The first `columns` columns of the gradients d {rows, ...}.
struct GateGradients {
  Tensor d;
  std::int64_t columns;
};
/// dW = sum over all rows of d^T h' for the columns of all parts in turn, where h' is the state before: the
/// gradient of a weight that states are multiplied with.
Tensor weight_gradient(const Steps& steps, const std::vector<GateGradients>& parts, const Tensor& h0,
                       const Tensor& h);

}  // namespace xtape::kernels
