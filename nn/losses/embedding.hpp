// Losses on distances and angles between vectors that a model gives, one for each example.
#pragma once

#include "autograd/tensor/tensor.hpp"
#include "nn/losses/reduction.hpp"

namespace xtape::nn {

struct CosineEmbeddingLossOptions {
  double margin = 0;
  Reduction reduction = Reduction::mean;
};
struct TripletMarginLossOptions {
  double margin = 1;
  double p = 2;
  double eps = 1e-6;  ///< added to each difference
  bool swap = false;  ///< the negative's distance is its lesser one, from the anchor or from the positive
  Reduction reduction = Reduction::mean;
};

/// 1 - cos(a, b) where the target is 1, max(0, cos(a, b) - margin) where it is -1. a and b of one shape
/// {N, features} and a target {N}, or {features} and a 0-d target.
Tensor cosine_embedding_loss(const Tensor& input1, const Tensor& input2, const Tensor& target,
                             const CosineEmbeddingLossOptions& options = {});

/// max(0, |anchor - positive|_p - |anchor - negative|_p + margin), along the last dim.
Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                           const TripletMarginLossOptions& options = {});

}  // namespace xtape::nn

namespace xtape {

using nn::cosine_embedding_loss;
using nn::triplet_margin_loss;

}  // namespace xtape
