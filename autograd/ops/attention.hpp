// Attention. The struct of its options stands in autograd/tensor/attention_options.hpp.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

struct ScaledDotProductAttentionOptions;

/// y = softmax(scale q k^T + mask) v: q {..., L, E}, k {..., S, E}, v {..., S, D} of one floating dtype, y
/// {..., L, D}; what stands before the last two dims broadcasts. A query that may see no key gives NaN.
/// Scores are computed by blocks of queries; softmax(...) is kept for the way back up to L S = 1024 x 1024,
/// and else computed again. Where a mask of floats wants a gradient, all is made of other ops.
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v);
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                                    const ScaledDotProductAttentionOptions& options);

}  // namespace xtape
