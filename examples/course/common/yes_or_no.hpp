// Yes-or-no questions: training and judging a net whose one output is a logit; and digit 0 against the rest,
// as the notes classify MNIST.
#pragma once

#include <xtape/xtape.hpp>

#include "options.hpp"

namespace course {

/// The log-loss of sigmoid(logits), and the share of right answers; prints nothing.
xtape::nn::TrainerOptions yes_or_no(std::int64_t epochs, std::int64_t batch_size);

/// The share of wrong answers.
double error(xtape::nn::Module& net, const xtape::datasets::Dataset& data);

/// 98% and 1% of MNIST's 60,000 training images, and the 10,000 test images: x float32 {n, 784} in [0, 1], y
/// float32 {n, 1}, 1 for a zero. With --quick, of the first 5,000 training images.
struct ZeroOrNot {
  xtape::datasets::Subset train, dev;
  xtape::datasets::TensorDataset test;
};
ZeroOrNot zero_or_not(const Options& options);

}  // namespace course
