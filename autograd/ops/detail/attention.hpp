// Attention made of ops: what its gradients of higher order, and callers who want the weights, are made of.
#pragma once

#include <array>

#include "autograd/tensor/attention_options.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// What one attention does beside its tensors.
struct Attending {
  double scale = 1;
  bool causal = false;  ///< whether query i sees only the keys up to i + causal_offset
  std::int64_t causal_offset = 0;
  double dropout_p = 0;
};

/// softmax(scale q k^T + mask), {..., L, S}: the mask bool (true takes part), of floats (added), or
/// undefined.
Tensor attention_weights(const Tensor& q, const Tensor& k, const Tensor& mask, const Attending& how);

/// scaled_dot_product_attention, which here may be causal and have a mask.
Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v,
              const ScaledDotProductAttentionOptions& options);

/// Queries, keys and values {N, heads, L, D}, views of x {N, L, 3 heads D}, or {L, N, 3 heads D} where not
/// `batch_first`, in which they stand side by side.
std::array<Tensor, 3> split_heads(const Tensor& x, std::int64_t heads, bool batch_first);

}  // namespace xtape::detail
