// Reductions over all, one or several dims. `keepdim` keeps the reduced dims with size 1. Dims{} means all
// dims. Sums of floats are added up in blocks, the blocks in double; the bits do not depend on the number of
// threads.
#pragma once

#include <optional>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Sums of integers and masks are int64.
Tensor sum(const Tensor& x);
Tensor sum(const Tensor& x, const Dims& dim, bool keepdim = false);
/// x summed down to `shape`, which broadcasts to x's: the adjoint of broadcasting.
Tensor sum_to_size(const Tensor& x, const Shape& shape);
/// sum(square(x)) in one pass and without the squares in memory; floating point only
Tensor sum_squares(const Tensor& x);
Tensor mean(const Tensor& x);  ///< floating point only; NaN for no elements
Tensor mean(const Tensor& x, const Dims& dim, bool keepdim = false);
/// log(sum(e^x)), stable; -inf for no elements or where all are -inf.
Tensor logsumexp(const Tensor& x);
Tensor logsumexp(const Tensor& x, const Dims& dim, bool keepdim = false);

Tensor cumsum(const Tensor& x, Dim dim);  ///< running sum; integers give int64

/// Whether any element (all elements) is not 0, as kBool; uint8 stays uint8, as in PyTorch. NaN is not 0.
Tensor any(const Tensor& x);
Tensor any(const Tensor& x, const Dims& dim, bool keepdim = false);
Tensor all(const Tensor& x);
Tensor all(const Tensor& x, const Dims& dim, bool keepdim = false);

struct KeepdimOptions {
  bool keepdim = false;
};
/// Of sums, means and products.
struct ReduceOptions {
  bool keepdim = false;
  std::optional<DType> dtype = {};  ///< in which it is computed
};
Tensor sum(const Tensor& x, const Dims& dim, const ReduceOptions& options);
Tensor mean(const Tensor& x, const Dims& dim, const ReduceOptions& options);
Tensor logsumexp(const Tensor& x, const Dims& dim, const KeepdimOptions& options);
Tensor any(const Tensor& x, const Dims& dim, const KeepdimOptions& options);
Tensor all(const Tensor& x, const Dims& dim, const KeepdimOptions& options);

struct ScanOptions {
  std::optional<DType> dtype = {};  ///< in which it is computed
};
Tensor cumsum(const Tensor& x, Dim dim, const ScanOptions& options);

}  // namespace xtape
