// Losses of numbers against numbers. Each gives one number, or one per example or element with
// Reduction::none.
#pragma once

#include "autograd/tensor/tensor.hpp"
#include "nn/losses/reduction.hpp"

namespace xtape::nn {

struct LossOptions {
  Reduction reduction = Reduction::mean;
};
struct HuberLossOptions {
  Reduction reduction = Reduction::mean;
  double delta = 1;
};

struct SmoothL1LossOptions {
  Reduction reduction = Reduction::mean;
  double beta = 1;
};

/// The regression losses take a target that broadcasts to the input's shape; {N, 1} against {N} is an Error.
Tensor mse_loss(const Tensor& input, const Tensor& target, const LossOptions& options = {});  ///< (x - t)^2
Tensor l1_loss(const Tensor& input, const Tensor& target, const LossOptions& options = {});   ///< |x - t|
/// (x - t)^2 / 2 where |x - t| < delta, else delta (|x - t| - delta / 2)
Tensor huber_loss(const Tensor& input, const Tensor& target, const HuberLossOptions& options = {});
/// (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2; l1_loss where beta is 0
Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, const SmoothL1LossOptions& options = {});

}  // namespace xtape::nn

namespace xtape {

// Beside nn::, since losses are written with the ops: cross_entropy(...) + 0.1 * sum(abs(w)).
using nn::huber_loss;
using nn::l1_loss;
using nn::mse_loss;
using nn::smooth_l1_loss;

}  // namespace xtape
