// Regularisation as the notes spell it: the Frobenius norm of the weights, and a keep probability for each
// layer.
#pragma once

#include <vector>

#include <xtape/xtape.hpp>

namespace course {

struct FrobeniusPenaltyOptions {
  double lambda = 0;
  std::int64_t n = 0;  ///< the number of training examples
};
/// lambda / (2 n) sum ||W||_F^2 over the weights, not the biases: nn::l2_penalty with reg = lambda / n.
/// Throws for n < 1.
xtape::Tensor frobenius_penalty(const xtape::nn::ModuleBase& module, const FrobeniusPenaltyOptions& options);

/// A net of fully connected layers with relu. `keep_prob` says what share is kept, 1 - p of a Dropout, of the
/// input and of each hidden layer, so that {784, 512, 256, 10} takes three: {0.8, 0.5, 0.5}. Throws where it
/// does not fit the layers.
xtape::nn::Sequential net_with_dropout(const std::vector<std::int64_t>& sizes,
                                       const std::vector<double>& keep_prob,
                                       const xtape::nn::LinearOptions& linear = {});

}  // namespace course
