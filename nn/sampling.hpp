// sample_token: which word comes next, by the scores of all words.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

struct SampleTokenOptions {
  double temperature = 1;  ///< divides the scores; below 1 likely words become more likely
  std::int64_t top_k = 0;  ///< only the k words of the greatest scores, and those equal to the last of them
  /// Only the likeliest words that together reach this probability, and at least one (Holtzman and others,
  /// "The curious case of neural text degeneration", 2020).
  double top_p = 1;
  bool greedy = false;             ///< the likeliest word; the rest does not count
  Generator* generator = nullptr;  ///< the default generator where null
};

/// One word, int64 {...}, for each row of scores (logits) {..., words}: drawn from softmax(logits /
/// temperature) of those that top_k, and then top_p, leave. Unrecorded.
Tensor sample_token(const Tensor& logits, const SampleTokenOptions& options = {});

}  // namespace xtape::nn
