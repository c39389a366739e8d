// Sorting, and the indices that it makes: int64.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Stable; NaN counts as the greatest.
ValuesIndices sort(const Tensor& x, Dim dim = -1, bool descending = false);
Tensor argsort(const Tensor& x, Dim dim = -1, bool descending = false);
ValuesIndices topk(const Tensor& x, std::int64_t k, Dim dim = -1, bool largest = true, bool sorted = true);

struct SortOptions {
  std::int64_t dim = -1;
  bool descending = false;
  bool stable = true;  ///< it always is
};
ValuesIndices sort(const Tensor& x, const SortOptions& options);
Tensor argsort(const Tensor& x, const SortOptions& options);
struct TopkOptions {
  std::int64_t dim = -1;
  bool largest = true;
  bool sorted = true;
};
ValuesIndices topk(const Tensor& x, std::int64_t k, const TopkOptions& options);

}  // namespace xtape
