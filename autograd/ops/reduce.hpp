// Reductions over all, one or several dims. `keepdim` keeps the reduced dims with size 1. Dims{} means all
// dims. Sums of floats are added up in blocks, the blocks in double; the bits do not depend on the number of
// threads.
#pragma once

#include <concepts>

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
/// Products of integers and masks are int64. The gradient is right where there are zeros.
Tensor prod(const Tensor& x);
Tensor prod(const Tensor& x, const Dims& dim, bool keepdim = false);

/// A bool in PyTorch's place of `unbiased`: whether the correction is 1 or 0. Nothing else converts to it.
struct Unbiased {
  constexpr Unbiased(std::same_as<bool> auto is_unbiased) : value(is_unbiased) {}  // NOLINT: implicit

  bool value;
};
struct VarOptions {
  struct NamedOnly {};
  NamedOnly named_only = {};  ///< not to be given: with it, a list of numbers is a list of dims
  double correction = 1;
  bool keepdim = false;
};
/// sum((x - mean)^2) / (n - correction), not divided by less than 0; NaN for one element and correction 1
Tensor var(const Tensor& x, const VarOptions& options = {});
Tensor var(const Tensor& x, Unbiased unbiased);
Tensor var(const Tensor& x, const Dims& dim, const VarOptions& options = {});
Tensor var(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim = false);
/// sqrt(var); the gradient is 0 where it is 0
Tensor std(const Tensor& x, const VarOptions& options = {});
Tensor std(const Tensor& x, Unbiased unbiased);
Tensor std(const Tensor& x, const Dims& dim, const VarOptions& options = {});
Tensor std(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim = false);

/// The greatest (smallest) element; ties share the gradient evenly. NaN wins. No elements: an Error.
Tensor amax(const Tensor& x);
Tensor amax(const Tensor& x, const Dims& dim, bool keepdim = false);
Tensor amin(const Tensor& x);
Tensor amin(const Tensor& x, const Dims& dim, bool keepdim = false);
/// log(sum(e^x)), stable; -inf for no elements or where all are -inf.
Tensor logsumexp(const Tensor& x);
Tensor logsumexp(const Tensor& x, const Dims& dim, bool keepdim = false);

/// max(x): as amax over all. max(x, dim): values and the index of the first greatest; the gradient goes
/// there.
Tensor max(const Tensor& x);
ValuesIndices max(const Tensor& x, Dim dim, bool keepdim = false);
Tensor max(const Tensor& a, const Tensor& b);  ///< maximum(a, b)
Tensor min(const Tensor& x);
ValuesIndices min(const Tensor& x, Dim dim, bool keepdim = false);
Tensor min(const Tensor& a, const Tensor& b);

/// int64 index of the first greatest (smallest) element; without dim, into the flattened tensor.
Tensor argmax(const Tensor& x);
Tensor argmax(const Tensor& x, Dim dim, bool keepdim = false);
Tensor argmin(const Tensor& x);
Tensor argmin(const Tensor& x, Dim dim, bool keepdim = false);

Tensor cumsum(const Tensor& x, Dim dim);  ///< running sum; integers give int64

/// (sum |x|^p)^(1/p) over all or the given dims; p may be 0 (count), 1, 2, any real, +inf or -inf (the
/// greatest or smallest |x|). Zeros, and a norm of 0, give a gradient of 0.
Tensor norm(const Tensor& x, double p = 2);
Tensor norm(const Tensor& x, double p, const Dims& dim, bool keepdim = false);

/// Whether any element (all elements) is not 0, as kBool; uint8 stays uint8, as in PyTorch. NaN is not 0.
Tensor any(const Tensor& x);
Tensor any(const Tensor& x, const Dims& dim, bool keepdim = false);
Tensor all(const Tensor& x);
Tensor all(const Tensor& x, const Dims& dim, bool keepdim = false);

}  // namespace xtape
