// Similarity and distance of two tensors as modules.
#pragma once

#include "autograd/ops/distance.hpp"
#include "nn/module/module_of.hpp"

namespace xtape::nn {

using xtape::CosineSimilarityOptions;
using xtape::PairwiseDistanceOptions;

/// y = a . b / (|a| |b|) along dim
class CosineSimilarity : public ModuleOf<CosineSimilarity> {
 public:
  explicit CosineSimilarity(const CosineSimilarityOptions& options = {}) : options_(options) {}
  explicit CosineSimilarity(std::int64_t dim) : options_{.dim = dim} {}
  Tensor forward(const Tensor& a, const Tensor& b) const { return cosine_similarity(a, b, options_); }

 private:
  CosineSimilarityOptions options_;
};

/// y = |a - b + eps|_p along the last dim
class PairwiseDistance : public ModuleOf<PairwiseDistance> {
 public:
  explicit PairwiseDistance(const PairwiseDistanceOptions& options = {}) : options_(options) {}
  explicit PairwiseDistance(double p) : options_{.p = p} {}
  Tensor forward(const Tensor& a, const Tensor& b) const { return pairwise_distance(a, b, options_); }

 private:
  PairwiseDistanceOptions options_;
};

}  // namespace xtape::nn
