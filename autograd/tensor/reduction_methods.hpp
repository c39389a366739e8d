// Methods of Tensor: reductions, running ones, order and ranks. See methods.hpp.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>

#include "autograd/ops/extremes.hpp"
#include "autograd/ops/prod.hpp"
#include "autograd/ops/quantiles.hpp"
#include "autograd/ops/reduce.hpp"
#include "autograd/ops/scans.hpp"
#include "autograd/ops/statistics.hpp"

namespace xtape {

template <class Self>
class ReductionMethods {
 public:
  // reductions
  auto sum() const { return xtape::sum(self()); }
  auto sum(const Dims& dim, bool keepdim = false) const { return xtape::sum(self(), dim, keepdim); }
  auto sum(const Dims& dim, const ReduceOptions& options) const { return xtape::sum(self(), dim, options); }
  auto mean() const { return xtape::mean(self()); }
  auto mean(const Dims& dim, bool keepdim = false) const { return xtape::mean(self(), dim, keepdim); }
  auto mean(const Dims& dim, const ReduceOptions& options) const { return xtape::mean(self(), dim, options); }
  auto prod() const { return xtape::prod(self()); }
  auto prod(const Dims& dim, bool keepdim = false) const { return xtape::prod(self(), dim, keepdim); }
  auto prod(const Dims& dim, const ReduceOptions& options) const { return xtape::prod(self(), dim, options); }
  auto var(const VarOptions& options = {}) const { return xtape::var(self(), options); }
  auto var(Unbiased unbiased) const { return xtape::var(self(), unbiased); }
  auto var(const Dims& dim, const VarOptions& options = {}) const { return xtape::var(self(), dim, options); }
  auto var(const Dims& dim, Unbiased unbiased, bool keepdim = false) const {
    return xtape::var(self(), dim, unbiased, keepdim);
  }
  auto std(const VarOptions& options = {}) const { return xtape::std(self(), options); }
  auto std(Unbiased unbiased) const { return xtape::std(self(), unbiased); }
  auto std(const Dims& dim, const VarOptions& options = {}) const { return xtape::std(self(), dim, options); }
  auto std(const Dims& dim, Unbiased unbiased, bool keepdim = false) const {
    return xtape::std(self(), dim, unbiased, keepdim);
  }
  auto amax() const { return xtape::amax(self()); }
  auto amax(const Dims& dim, bool keepdim = false) const { return xtape::amax(self(), dim, keepdim); }
  auto amax(const Dims& dim, const KeepdimOptions& options) const {
    return xtape::amax(self(), dim, options);
  }
  auto amin() const { return xtape::amin(self()); }
  auto amin(const Dims& dim, bool keepdim = false) const { return xtape::amin(self(), dim, keepdim); }
  auto amin(const Dims& dim, const KeepdimOptions& options) const {
    return xtape::amin(self(), dim, options);
  }
  auto logsumexp() const { return xtape::logsumexp(self()); }
  auto logsumexp(const Dims& dim, bool keepdim = false) const {
    return xtape::logsumexp(self(), dim, keepdim);
  }
  auto logsumexp(const Dims& dim, const KeepdimOptions& options) const {
    return xtape::logsumexp(self(), dim, options);
  }
  auto max() const { return xtape::max(self()); }
  auto max(Dim dim, bool keepdim = false) const { return xtape::max(self(), dim, keepdim); }
  auto max(Dim dim, const KeepdimOptions& options) const { return xtape::max(self(), dim, options); }
  auto max(const Self& b) const { return xtape::max(self(), b); }
  auto min() const { return xtape::min(self()); }
  auto min(Dim dim, bool keepdim = false) const { return xtape::min(self(), dim, keepdim); }
  auto min(Dim dim, const KeepdimOptions& options) const { return xtape::min(self(), dim, options); }
  auto min(const Self& b) const { return xtape::min(self(), b); }
  auto argmax() const { return xtape::argmax(self()); }
  auto argmax(Dim dim, bool keepdim = false) const { return xtape::argmax(self(), dim, keepdim); }
  auto argmax(Dim dim, const KeepdimOptions& options) const { return xtape::argmax(self(), dim, options); }
  auto argmin() const { return xtape::argmin(self()); }
  auto argmin(Dim dim, bool keepdim = false) const { return xtape::argmin(self(), dim, keepdim); }
  auto argmin(Dim dim, const KeepdimOptions& options) const { return xtape::argmin(self(), dim, options); }
  auto cumsum(Dim dim) const { return xtape::cumsum(self(), dim); }
  auto cumsum(Dim dim, const ScanOptions& options) const { return xtape::cumsum(self(), dim, options); }
  auto cumprod(Dim dim) const { return xtape::cumprod(self(), dim); }
  auto cumprod(Dim dim, const ScanOptions& options) const { return xtape::cumprod(self(), dim, options); }
  auto cummax(Dim dim) const { return xtape::cummax(self(), dim); }
  auto cummin(Dim dim) const { return xtape::cummin(self(), dim); }
  auto logcumsumexp(Dim dim) const { return xtape::logcumsumexp(self(), dim); }
  auto median() const { return xtape::median(self()); }
  auto median(Dim dim, bool keepdim = false) const { return xtape::median(self(), dim, keepdim); }
  auto median(Dim dim, const KeepdimOptions& options) const { return xtape::median(self(), dim, options); }
  auto nanmedian() const { return xtape::nanmedian(self()); }
  auto nanmedian(Dim dim, bool keepdim = false) const { return xtape::nanmedian(self(), dim, keepdim); }
  auto nanmedian(Dim dim, const KeepdimOptions& options) const {
    return xtape::nanmedian(self(), dim, options);
  }
  auto kthvalue(std::int64_t k, Dim dim = -1, bool keepdim = false) const {
    return xtape::kthvalue(self(), k, dim, keepdim);
  }
  auto kthvalue(std::int64_t k, const RankOptions& options) const {
    return xtape::kthvalue(self(), k, options);
  }
  auto mode(Dim dim = -1, bool keepdim = false) const { return xtape::mode(self(), dim, keepdim); }
  auto mode(const RankOptions& options) const { return xtape::mode(self(), options); }
  auto quantile(double q, std::optional<Dim> dim = {}, bool keepdim = false,
                std::string_view interpolation = "linear") const {
    return xtape::quantile(self(), q, dim, keepdim, interpolation);
  }
  auto quantile(const Self& q, std::optional<Dim> dim = {}, bool keepdim = false,
                std::string_view interpolation = "linear") const {
    return xtape::quantile(self(), q, dim, keepdim, interpolation);
  }
  auto quantile(double q, const QuantileOptions& options) const {
    return xtape::quantile(self(), q, options);
  }
  auto quantile(const Self& q, const QuantileOptions& options) const {
    return xtape::quantile(self(), q, options);
  }
  auto nanquantile(double q, const QuantileOptions& options) const {
    return xtape::nanquantile(self(), q, options);
  }
  auto nanquantile(const Self& q, const QuantileOptions& options) const {
    return xtape::nanquantile(self(), q, options);
  }
  auto nanquantile(double q, std::optional<Dim> dim = {}, bool keepdim = false,
                   std::string_view interpolation = "linear") const {
    return xtape::nanquantile(self(), q, dim, keepdim, interpolation);
  }
  auto nanquantile(const Self& q, std::optional<Dim> dim = {}, bool keepdim = false,
                   std::string_view interpolation = "linear") const {
    return xtape::nanquantile(self(), q, dim, keepdim, interpolation);
  }
  auto aminmax(const AminmaxOptions& options = {}) const { return xtape::aminmax(self(), options); }
  auto aminmax(Dim dim, bool keepdim = false) const { return xtape::aminmax(self(), dim, keepdim); }
  auto count_nonzero() const { return xtape::count_nonzero(self()); }
  auto count_nonzero(const Dims& dim) const { return xtape::count_nonzero(self(), dim); }
  auto nansum() const { return xtape::nansum(self()); }
  auto nansum(const Dims& dim, bool keepdim = false) const { return xtape::nansum(self(), dim, keepdim); }
  auto nansum(const Dims& dim, const ReduceOptions& options) const {
    return xtape::nansum(self(), dim, options);
  }
  auto nanmean() const { return xtape::nanmean(self()); }
  auto nanmean(const Dims& dim, bool keepdim = false) const { return xtape::nanmean(self(), dim, keepdim); }
  auto nanmean(const Dims& dim, const ReduceOptions& options) const {
    return xtape::nanmean(self(), dim, options);
  }
  auto norm(double p = 2) const { return xtape::norm(self(), p); }
  auto norm(double p, const Dims& dim, bool keepdim = false) const {
    return xtape::norm(self(), p, dim, keepdim);
  }
  auto norm(double p, const Dims& dim, const KeepdimOptions& options) const {
    return xtape::norm(self(), p, dim, options);
  }
  auto any() const { return xtape::any(self()); }
  auto any(const Dims& dim, bool keepdim = false) const { return xtape::any(self(), dim, keepdim); }
  auto any(const Dims& dim, const KeepdimOptions& options) const { return xtape::any(self(), dim, options); }
  auto all() const { return xtape::all(self()); }
  auto all(const Dims& dim, bool keepdim = false) const { return xtape::all(self(), dim, keepdim); }
  auto all(const Dims& dim, const KeepdimOptions& options) const { return xtape::all(self(), dim, options); }

  // computed in another dtype
  auto sum(std::same_as<DType> auto dtype) const { return xtape::sum(self().to(dtype)); }
  auto sum(const Dims& dim, bool keepdim, std::same_as<DType> auto dtype) const {
    return xtape::sum(self().to(dtype), dim, keepdim);
  }
  auto mean(std::same_as<DType> auto dtype) const { return xtape::mean(self().to(dtype)); }
  auto mean(const Dims& dim, bool keepdim, std::same_as<DType> auto dtype) const {
    return xtape::mean(self().to(dtype), dim, keepdim);
  }
  auto prod(std::same_as<DType> auto dtype) const { return xtape::prod(self().to(dtype)); }
  auto prod(const Dims& dim, bool keepdim, std::same_as<DType> auto dtype) const {
    return xtape::prod(self().to(dtype), dim, keepdim);
  }
  auto cumsum(Dim dim, std::same_as<DType> auto dtype) const { return xtape::cumsum(self().to(dtype), dim); }
  auto cumprod(Dim dim, std::same_as<DType> auto dtype) const {
    return xtape::cumprod(self().to(dtype), dim);
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
