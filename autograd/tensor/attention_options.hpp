// Options of autograd/ops/attention.hpp, which hold tensors.
#pragma once

#include <optional>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

struct ScaledDotProductAttentionOptions {
  /// Broadcasts to {..., L, S}. Bool: true takes part. Of q's dtype: added to the scores.
  Tensor attn_mask = {};
  double dropout_p = 0;    ///< the probability that a weight is 0; the others grow by 1 / (1 - p)
  bool is_causal = false;  ///< whether query i sees only the keys 0 ... i; not beside a mask
  std::optional<double> scale = std::nullopt;  ///< 1 / sqrt(E) where left out
  std::int64_t causal_offset = 0;              ///< is_causal: query i sees the keys 0 ... i + causal_offset
  Generator* generator = nullptr;              ///< for the dropout; the default generator where null
};

}  // namespace xtape
