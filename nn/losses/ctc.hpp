// ctc_loss: connectionist temporal classification, for targets whose place in time is not known.
#pragma once

#include <vector>

#include "nn/losses/reduction.hpp"
#include "nn/module/module_of.hpp"

namespace xtape::nn {

struct CTCLossOptions {
  std::int64_t blank = 0;                 ///< the class that stands between labels
  Reduction reduction = Reduction::mean;  ///< the mean of the losses, each over its target's length
  bool zero_infinity = false;             ///< whether losses of impossible targets count 0
};

/// -log of the probability that the input spells the target, over all ways to spread it over time with blanks
/// between (Graves and others, "Connectionist temporal classification", 2006). log_probs {T, N, C} or {T, C},
/// as log_softmax gives them; targets {N, S}, or one after the other {sum of target_lengths}; the lengths
/// {N}, or 0-d where there is no N. A target longer than its input has an infinite loss. The gradient is the
/// derivative by log_probs. PyTorch's differs by e^log_probs, which is the same behind log_softmax.
Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                const Tensor& target_lengths, const CTCLossOptions& options = {});
Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets,
                const std::vector<std::int64_t>& input_lengths,
                const std::vector<std::int64_t>& target_lengths, const CTCLossOptions& options = {});

/// ctc_loss with the options it was made with.
class CTCLoss : public ModuleOf<CTCLoss> {
 public:
  explicit CTCLoss(const CTCLossOptions& options = {}) : options_(options) {}

  Tensor forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                 const Tensor& target_lengths) const {
    return ctc_loss(log_probs, targets, input_lengths, target_lengths, options_);
  }
  Tensor operator()(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                    const Tensor& target_lengths) const {
    return call([&] { return forward(log_probs, targets, input_lengths, target_lengths); }, log_probs,
                targets, input_lengths, target_lengths);
  }
  Tensor operator()(const Tensor& log_probs, const Tensor& targets,
                    const std::vector<std::int64_t>& input_lengths,
                    const std::vector<std::int64_t>& target_lengths) const {
    return call([&] { return ctc_loss(log_probs, targets, input_lengths, target_lengths, options_); },
                log_probs, targets);
  }

 private:
  CTCLossOptions options_;
};

}  // namespace xtape::nn

namespace xtape {

using nn::ctc_loss;

}  // namespace xtape
