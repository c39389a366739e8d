// Lengths, angles and distances of vectors that lie along a dim.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

struct NormalizeOptions {
  double p = 2;
  std::int64_t dim = 1;
  double eps = 1e-12;
};
/// x / max(|x|_p, eps), the norm along dim.
Tensor normalize(const Tensor& x, const NormalizeOptions& options = {});
Tensor normalize(const Tensor& x, double p, Dim dim = 1, double eps = 1e-12);

struct CosineSimilarityOptions {
  std::int64_t dim = 1;
  double eps = 1e-8;
};
/// a . b / (max(|a|, eps) max(|b|, eps)) along dim of the broadcast of a and b, which drops it.
Tensor cosine_similarity(const Tensor& a, const Tensor& b, const CosineSimilarityOptions& options = {});
Tensor cosine_similarity(const Tensor& a, const Tensor& b, Dim dim, double eps = 1e-8);

struct PairwiseDistanceOptions {
  double p = 2;
  double eps = 1e-6;  ///< added to each difference
  bool keepdim = false;
};
/// |a - b + eps|_p along the last dim.
Tensor pairwise_distance(const Tensor& a, const Tensor& b, const PairwiseDistanceOptions& options = {});
Tensor pairwise_distance(const Tensor& a, const Tensor& b, double p, double eps = 1e-6, bool keepdim = false);

/// |a_i - b_j|_p of all rows of a {..., n, d} and b {..., m, d}: {..., n, m}. The gradient is 0 where the
/// distance is.
Tensor cdist(const Tensor& a, const Tensor& b, double p = 2);
struct CdistOptions {
  double p = 2;
};
Tensor cdist(const Tensor& a, const Tensor& b, const CdistOptions& options);

}  // namespace xtape
