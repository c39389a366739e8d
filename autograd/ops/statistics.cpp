// Variance, standard deviation and norms: compositions of other ops.
#include "autograd/ops/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/base/detail/dims.hpp"
#include "autograd/graph/trace.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape {

using namespace detail;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// f(x) where x is not 0; `at_zero`, with a gradient of 0, where it is: for roots and powers, whose slope at
/// 0 may be infinite.
template <class F>
Tensor away_from_zero(const Tensor& x, double at_zero, F&& f) {
  const Tensor zero = x == 0;
  return masked_fill(f(masked_fill(x, zero, 1)), zero, at_zero);
}

std::int64_t count_of(const Tensor& x, const Dims& dim, const char* op) {
  return reduced_count(x.shape(), dim_set(dim, static_cast<int>(x.dim()), op));
}

double correction_of(const VarOptions& options) {
  return options.unbiased ? (*options.unbiased ? 1 : 0) : options.correction;
}

Tensor variance(const Tensor& x, const Dims& dim, bool keepdim, double correction, const char* op) {
  check_floating(x.dtype(), op);
  const auto count = static_cast<double>(count_of(x, dim, op));
  return sum(square(x - mean(x, dim, true)), dim, keepdim) / std::max(0.0, count - correction);
}

/// sum(|x|^p)^(1/p) for a finite p but 0.
Tensor power_norm(const Tensor& x, double p, const Dims& dim, bool keepdim) {
  if (p == 1) return sum(abs(x), dim, keepdim);
  if (p == 2) {
    return away_from_zero(sum(square(x), dim, keepdim), 0, [](const Tensor& total) { return sqrt(total); });
  }
  const double at_zero = p > 0 ? 0 : kInfinity;
  const Tensor powers = away_from_zero(abs(x), at_zero, [p](const Tensor& a) { return pow(a, p); });
  return away_from_zero(sum(powers, dim, keepdim), at_zero,
                        [p](const Tensor& total) { return pow(total, 1 / p); });
}

}  // namespace

Tensor var(const Tensor& x, const VarOptions& options) { return var(x, Dims{}, options); }
Tensor var(const Tensor& x, Unbiased unbiased) { return var(x, Dims{}, unbiased); }
Tensor var(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim) {
  return var(x, dim, {.correction = unbiased.value ? 1.0 : 0.0, .keepdim = keepdim});
}
Tensor var(const Tensor& x, const Dims& dim, const VarOptions& options) {
  return variance(x, dim, options.keepdim, correction_of(options), "var");
}

Tensor std(const Tensor& x, const VarOptions& options) { return xtape::std(x, Dims{}, options); }
Tensor std(const Tensor& x, Unbiased unbiased) { return xtape::std(x, Dims{}, unbiased); }
Tensor std(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim) {
  return xtape::std(x, dim, {.correction = unbiased.value ? 1.0 : 0.0, .keepdim = keepdim});
}
Tensor std(const Tensor& x, const Dims& dim, const VarOptions& options) {
  return away_from_zero(variance(x, dim, options.keepdim, correction_of(options), "std"), 0,
                        [](const Tensor& squared) { return sqrt(squared); });
}

VarMean var_mean(const Tensor& x, const VarOptions& options) { return var_mean(x, Dims{}, options); }
VarMean var_mean(const Tensor& x, Unbiased unbiased) { return {var(x, unbiased), mean(x)}; }
VarMean var_mean(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim) {
  return {var(x, dim, unbiased, keepdim), mean(x, dim, keepdim)};
}
VarMean var_mean(const Tensor& x, const Dims& dim, const VarOptions& options) {
  return {var(x, dim, options), mean(x, dim, options.keepdim)};
}

StdMean std_mean(const Tensor& x, const VarOptions& options) { return std_mean(x, Dims{}, options); }
StdMean std_mean(const Tensor& x, Unbiased unbiased) { return {xtape::std(x, unbiased), mean(x)}; }
StdMean std_mean(const Tensor& x, const Dims& dim, Unbiased unbiased, bool keepdim) {
  return {xtape::std(x, dim, unbiased, keepdim), mean(x, dim, keepdim)};
}
StdMean std_mean(const Tensor& x, const Dims& dim, const VarOptions& options) {
  return {xtape::std(x, dim, options), mean(x, dim, options.keepdim)};
}

Tensor count_nonzero(const Tensor& x) { return count_nonzero(x, Dims{}); }
Tensor count_nonzero(const Tensor& x, const Dims& dim) {
  if (is_traced()) [[unlikely]]
    return report("count_nonzero", {x}, {{"dim", dim}}, [&] { return count_nonzero(x, dim); });
  return sum(x.detach() != 0, dim);
}

Tensor nansum(const Tensor& x) { return nansum(x, Dims{}); }
Tensor nansum(const Tensor& x, const Dims& dim, bool keepdim) {
  if (is_traced()) [[unlikely]]
    return report("nansum", {x}, {{"dim", dim}, {"keepdim", keepdim}},
                  [&] { return nansum(x, dim, keepdim); });
  return x.is_floating_point() ? sum(masked_fill(x, isnan(x), 0), dim, keepdim) : sum(x, dim, keepdim);
}

Tensor nanmean(const Tensor& x) { return nanmean(x, Dims{}); }
Tensor nanmean(const Tensor& x, const Dims& dim, bool keepdim) {
  check_floating(x.dtype(), "nanmean");
  if (is_traced()) [[unlikely]]
    return report("nanmean", {x}, {{"dim", dim}, {"keepdim", keepdim}},
                  [&] { return nanmean(x, dim, keepdim); });
  return nansum(x, dim, keepdim) / sum(!isnan(x), dim, keepdim);
}

Tensor norm(const Tensor& x, double p) { return norm(x, p, Dims{}); }

Tensor norm(const Tensor& x, double p, const Dims& dim, bool keepdim) {
  check_floating(x.dtype(), "norm");
  check(!std::isnan(p), "norm: p is NaN; expected a number");
  if (p == kInfinity) return amax(abs(x), dim, keepdim);
  if (p == -kInfinity) return amin(abs(x), dim, keepdim);
  // sign(x), whose gradient is 0, keeps the count in the graph; NaN counts.
  if (p == 0) return sum(masked_fill(sign(x), x != 0, 1), dim, keepdim);
  return power_norm(x, p, dim, keepdim);
}

Tensor nansum(const Tensor& x, const Dims& dim, const ReduceOptions& options) {
  return nansum(x.to(options.dtype.value_or(x.dtype())), dim, options.keepdim);
}
Tensor nanmean(const Tensor& x, const Dims& dim, const ReduceOptions& options) {
  return nanmean(x.to(options.dtype.value_or(x.dtype())), dim, options.keepdim);
}
Tensor norm(const Tensor& x, double p, const Dims& dim, const KeepdimOptions& options) {
  return norm(x, p, dim, options.keepdim);
}

}  // namespace xtape
