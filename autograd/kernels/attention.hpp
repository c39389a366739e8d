// Attention, head by head and block of queries by block: no more than some rows of scores exist at once,
// unless the weights are kept for the way back.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// y = (softmax(scale q k^T + mask) keep) v of each head. q {N, H, L, E}, k {N, H, S, E}, v {N, H, S, D} have
/// any strides.
struct AttentionCall {
  Tensor q, k, v;
  Tensor mask;  ///< {N, H, L, S}, bool (true takes part) or of q's dtype (added); undefined for none
  Tensor keep;  ///< {N, H, L, S}, bool: the probabilities that are not dropped; undefined for all
  /// {N, H, L, S}, contiguous: softmax(...), which attention writes and attention_backward reads; undefined:
  /// the latter computes it again.
  Tensor weights;
  double scale = 1;
  double kept_scale = 1;           ///< times the probabilities that are kept
  bool causal = false;             ///< whether query i sees only the keys up to i + causal_offset
  std::int64_t causal_offset = 0;  ///< 0 or more
};

/// y {N, H, L, D}, in memory as {N, L, H, D}, and so are the gradients.
Tensor attention(const AttentionCall& call);
/// The gradients of q, k and v for the gradient g of y, of any strides.
std::array<Tensor, 3> attention_backward(const AttentionCall& call, const Tensor& g);

}  // namespace xtape::kernels
