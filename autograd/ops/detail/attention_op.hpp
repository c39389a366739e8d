// The op behind scaled_dot_product_attention, on {N, heads, rows, columns}.
#pragma once

#include <vector>

#include "autograd/ops/detail/attention.hpp"

namespace xtape::detail {

/// The op's settings, and which of its inputs there are: q, k, v and then a mask, what dropout keeps, and for
/// the gradient that of the output.
struct AttentionSettings {
  Attending how;
  bool masked = false, dropped = false;
  bool kept = false;  // whether the weights are an output, for the way back

  double kept_scale() const { return how.dropout_p < 1 ? 1 / (1 - how.dropout_p) : 0; }
  template <class List>
  Tensor mask(const List& in) const {
    return masked ? in[3] : Tensor();
  }
  template <class List>
  Tensor keep(const List& in) const {
    return dropped ? in[masked ? 4 : 3] : Tensor();
  }
  std::size_t count() const { return std::size_t{3} + std::size_t{masked} + std::size_t{dropped}; }
};

/// y {N, H, L, D} of {q, k, v, mask, keep}, the last two where the settings say so, all with H heads: the
/// mask and what dropout keeps are {N, H, L, S}.
Tensor record_attention(const AttentionSettings& settings, const std::vector<Tensor>& in);

}  // namespace xtape::detail
