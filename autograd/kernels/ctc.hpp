// Connectionist temporal classification: sums over all ways to spread a target over time (Graves and others,
// 2006).
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// log_probs {T, N, C}, targets {N, S} of which target_lengths {N} count, over the first input_lengths {N} of
/// the times. All are contiguous, the last three int64 and checked.
struct CtcCall {
  Tensor log_probs, targets, input_lengths, target_lengths;
  std::int64_t blank = 0;
  bool zero_infinity = false;
};

/// -log of the probability of each target, {N}; infinite where it has none, or 0 if zero_infinity.
Tensor ctc_loss(const CtcCall& call);
/// The gradient of log_probs, where g {N} is that of the losses.
Tensor ctc_loss_backward(const CtcCall& call, const Tensor& g);

}  // namespace xtape::kernels
