// Variance, standard deviation and norms, over all, one or several dims; see reduce.hpp.
#pragma once

#include <concepts>
#include <optional>

#include "autograd/ops/reduce.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// A bool in PyTorch's place of `unbiased`: whether the correction is 1 or 0. Nothing else converts to it.
struct Unbiased {
  constexpr Unbiased(std::same_as<bool> auto is_unbiased) : value(is_unbiased) {}  // NOLINT: implicit

  bool value;
};
struct VarOptions {
  detail::NamedOnly named_only = {};
  std::optional<bool> unbiased = {};  ///< whether the correction is 1 or 0; in place of it
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

/// {var, mean} and {std, mean} over the same elements.
VarMean var_mean(const Tensor& x, const VarOptions& options = {});
VarMean var_mean(const Tensor& x, Unbiased unbiased);
VarMean var_mean(const Tensor& x, const Dims& dim, const VarOptions& options = {});
VarMean var_mean(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim = false);
StdMean std_mean(const Tensor& x, const VarOptions& options = {});
StdMean std_mean(const Tensor& x, Unbiased unbiased);
StdMean std_mean(const Tensor& x, const Dims& dim, const VarOptions& options = {});
StdMean std_mean(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim = false);

/// How many elements are not 0: int64. NaN is not 0.
Tensor count_nonzero(const Tensor& x);
Tensor count_nonzero(const Tensor& x, const Dims& dim);
/// sum and mean of what is not NaN.
Tensor nansum(const Tensor& x);
Tensor nansum(const Tensor& x, const Dims& dim, bool keepdim = false);
Tensor nanmean(const Tensor& x);
Tensor nanmean(const Tensor& x, const Dims& dim, bool keepdim = false);

/// (sum |x|^p)^(1/p) over all or the given dims; p may be 0 (count), 1, 2, any real, +inf or -inf (the
/// greatest or smallest |x|). Zeros, and a norm of 0, give a gradient of 0.
Tensor norm(const Tensor& x, double p = 2);
Tensor norm(const Tensor& x, double p, const Dims& dim, bool keepdim = false);

// with the last by name
Tensor nansum(const Tensor& x, const Dims& dim, const ReduceOptions& options);
Tensor nanmean(const Tensor& x, const Dims& dim, const ReduceOptions& options);
Tensor norm(const Tensor& x, double p, const Dims& dim, const KeepdimOptions& options);

}  // namespace xtape
