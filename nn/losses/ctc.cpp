// ctc_loss: its arguments in one form, and its reductions.
#include "nn/losses/ctc.hpp"

#include <algorithm>

#include "autograd/ops/ctc.hpp"
#include "nn/losses/detail/elementwise.hpp"

namespace xtape::nn {

namespace {

/// Lengths as int64 {N}.
Tensor as_lengths(const Tensor& lengths, std::int64_t batch, const char* what) {
  check(is_integral(lengths.dtype()), "ctc_loss: the {} are {}; expected int64", what, lengths.dtype());
  check(lengths.numel() == batch && lengths.dim() <= 1, "ctc_loss: the {} are of shape {}; expected {}", what,
        lengths.shape(), Shape{batch});
  return lengths.to(kInt64).reshape({batch}).contiguous();
}

/// Targets that stand one after the other as rows, filled up with zeros.
Tensor as_rows(const Tensor& targets, const Tensor& lengths) {
  const auto* length = lengths.data<std::int64_t>();
  const std::int64_t batch = lengths.size(0);
  std::int64_t total = 0, longest = 0;
  for (std::int64_t n = 0; n < batch; ++n) {
    check(length[n] >= 0 && length[n] <= targets.numel() - total,
          "ctc_loss: target length {} of target {} does not fit into targets of shape {}", length[n], n,
          targets.shape());
    total += length[n];
    longest = std::max(longest, length[n]);
  }
  check(total == targets.numel(), "ctc_loss: the target lengths add up to {}; targets are of shape {}", total,
        targets.shape());
  const Tensor rows = zeros({batch, longest}, {.dtype = kInt64});
  for (std::int64_t n = 0, first = 0; n < batch; first += length[n], ++n)
    narrow(rows[n], 0, 0, length[n]).copy_(narrow(targets, 0, first, length[n]));
  return rows;
}

Tensor with_batch(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                  const Tensor& target_lengths, const CTCLossOptions& options) {
  check(is_integral(targets.dtype()), "ctc_loss: the targets are {}; expected int64", targets.dtype());
  const std::int64_t batch = log_probs.size(1);
  const Tensor inputs = as_lengths(input_lengths, batch, "input lengths");
  const Tensor lengths = as_lengths(target_lengths, batch, "target lengths");
  check(targets.dim() == 1 || (targets.dim() == 2 && targets.size(0) == batch),
        "ctc_loss: targets of shape {} do not fit {} sequences; expected {{N, S}} or one dim",
        targets.shape(), batch);
  const Tensor labels = targets.to(kInt64);
  const Tensor losses =
      ctc_losses(log_probs, labels.dim() == 1 ? as_rows(labels.contiguous(), lengths) : labels, inputs,
                 lengths, options.blank, options.zero_infinity);
  if (options.reduction != Reduction::mean) return reduced(losses, options.reduction, "ctc_loss");
  return mean(losses / clamp_min(lengths, 1).to(losses.dtype()));
}

}  // namespace

Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                const Tensor& target_lengths, const CTCLossOptions& options) {
  check_floating(log_probs.dtype(), "ctc_loss");
  check(log_probs.dim() == 2 || log_probs.dim() == 3,
        "ctc_loss: log_probs are of shape {}; expected {{T, N, C}}", log_probs.shape());
  if (log_probs.dim() == 3) return with_batch(log_probs, targets, input_lengths, target_lengths, options);
  const Tensor row = targets.dim() == 1 ? targets.unsqueeze(0) : targets;
  const Tensor loss = with_batch(log_probs.unsqueeze(1), row, input_lengths, target_lengths, options);
  return loss.dim() == 0 ? loss : loss.squeeze(0);
}

Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets,
                const std::vector<std::int64_t>& input_lengths,
                const std::vector<std::int64_t>& target_lengths, const CTCLossOptions& options) {
  return ctc_loss(log_probs, targets, from_vector(input_lengths, {input_lengths.size()}),
                  from_vector(target_lengths, {target_lengths.size()}), options);
}

}  // namespace xtape::nn
