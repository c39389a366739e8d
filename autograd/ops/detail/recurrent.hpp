// The recurrent layers over whole sequences: ops that run all steps, where a graph of small ops would have a
// dozen nodes for each. What the inputs are multiplied with is computed before, for all steps at once.
#pragma once

#include <array>

#include "autograd/base/detail/steps.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

// h0, c0 {N, H}; a {steps.rows(), gates x H}, what the inputs give to the gates, biases included. All of one
// floating dtype. The results {steps.rows(), H} are states of all steps.

/// h = tanh(a + h' W^T), or relu of that, with h' the state before and W {H, H}.
Tensor rnn_sequence(const Steps& steps, bool relu, const Tensor& weight, const Tensor& h0, op::Operand a);
/// {h, c}: i, f, o = sigmoid and g = tanh of the four quarters of a + h' W^T; c = f c' + i g, h = o tanh(c).
/// W {4 H, H}.
std::array<Tensor, 2> lstm_sequence(const Steps& steps, const Tensor& weight, const Tensor& h0,
                                    const Tensor& c0, op::Operand a);
/// r, z = sigmoid of the first two thirds of a + h' W^T, n = tanh(a + r (h' W^T + bias)) of the last; h = n +
/// z (h' - n). W {3 H, H}, bias {H}.
Tensor gru_sequence(const Steps& steps, const Tensor& weight, const Tensor& bias, const Tensor& h0,
                    op::Operand a);

}  // namespace xtape::detail
