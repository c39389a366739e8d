// The element of a given rank: median, quantile, kthvalue, mode. NaN gives NaN, but where "nan" in the name
// says that it is left out.
#pragma once

#include <optional>
#include <string_view>

#include "autograd/ops/reduce.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// The lower of the two middle ones where the number is even. Without elements NaN, along a dim an Error.
Tensor median(const Tensor& x);
ValuesIndices median(const Tensor& x, Dim dim, bool keepdim = false);
Tensor nanmedian(const Tensor& x);
ValuesIndices nanmedian(const Tensor& x, Dim dim, bool keepdim = false);
/// The k-th smallest, from 1 on.
ValuesIndices kthvalue(const Tensor& x, std::int64_t k, Dim dim = -1, bool keepdim = false);
/// The most frequent value, the smallest of several, and the place of its last.
ValuesIndices mode(const Tensor& x, Dim dim = -1, bool keepdim = false);

/// The value below which the part q, in [0, 1], of the elements lies, along dim or of all. `interpolation`
/// between neighbours is "linear", "lower", "higher", "midpoint" or "nearest" (half to even). A 1-d q puts
/// its size in front. Floating point only; q is a number or of x's dtype.
Tensor quantile(const Tensor& x, double q, std::optional<Dim> dim = {}, bool keepdim = false,
                std::string_view interpolation = "linear");
Tensor quantile(const Tensor& x, const Tensor& q, std::optional<Dim> dim = {}, bool keepdim = false,
                std::string_view interpolation = "linear");
Tensor nanquantile(const Tensor& x, double q, std::optional<Dim> dim = {}, bool keepdim = false,
                   std::string_view interpolation = "linear");
Tensor nanquantile(const Tensor& x, const Tensor& q, std::optional<Dim> dim = {}, bool keepdim = false,
                   std::string_view interpolation = "linear");

struct QuantileOptions {
  std::optional<Dim> dim = {};
  bool keepdim = false;
  std::string_view interpolation = "linear";
};
Tensor quantile(const Tensor& x, double q, const QuantileOptions& options);
Tensor quantile(const Tensor& x, const Tensor& q, const QuantileOptions& options);
Tensor nanquantile(const Tensor& x, double q, const QuantileOptions& options);
Tensor nanquantile(const Tensor& x, const Tensor& q, const QuantileOptions& options);

// with the last by name
ValuesIndices median(const Tensor& x, Dim dim, const KeepdimOptions& options);
ValuesIndices nanmedian(const Tensor& x, Dim dim, const KeepdimOptions& options);
struct RankOptions {
  detail::NamedOnly named_only = {};
  std::int64_t dim = -1;
  bool keepdim = false;
};
ValuesIndices kthvalue(const Tensor& x, std::int64_t k, const RankOptions& options);
ValuesIndices mode(const Tensor& x, const RankOptions& options);

}  // namespace xtape
