// Connectionist temporal classification; the loss that programs call stands in nn/losses/ctc.hpp.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// -log of the probability of each target, {N}: log_probs {T, N, C}, targets {N, S}, input_lengths and
/// target_lengths {N}, the last three int64. Infinite where a target has no probability, or 0, without a
/// gradient, if zero_infinity. An Error where labels or lengths are out of range.
Tensor ctc_losses(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                  const Tensor& target_lengths, std::int64_t blank, bool zero_infinity);

}  // namespace xtape
