// Medians, quantiles and their kind. Quantiles are composed of sort and gather.
#include "autograd/ops/quantiles.hpp"

#include <algorithm>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/rank.hpp"
#include "autograd/ops/detail/along.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Rank;

/// The dim of x along which one element is chosen, of which there is at least one.
int filled_dim(const Tensor& x, std::int64_t dim, const char* op) {
  const int at = wrap_dim(dim, static_cast<int>(x.dim()), op);
  check(x.dim() == 0 || x.shape()[at] > 0,
        "{}: dim {} of shape {} has no elements to choose from; expected a size of at least 1", op, at,
        x.shape());
  return at;
}

/// {values, indices} of the element of a rank along dim     dx = g at the index
template <Rank rank>
struct Ranked {
  static constexpr std::string_view name = rank == Rank::median      ? "median"
                                           : rank == Rank::nanmedian ? "nanmedian"
                                           : rank == Rank::kth       ? "kthvalue"
                                                                     : "mode";
  static constexpr Reads reads = Reads::output;

  std::int64_t dim = 0;
  bool keepdim = false;
  std::int64_t k = 1;  // of kthvalue

  std::array<Tensor, 2> forward(const Tensor& x) const {
    const int at = filled_dim(x, dim, name.data());
    const std::int64_t size = x.dim() == 0 ? 1 : x.shape()[at];
    check(rank != Rank::kth || (k >= 1 && k <= size),
          "kthvalue: k = {} is out of range for dim {} of size {}", k, at, size);
    const DimSet set = dim_set({dim}, static_cast<int>(x.dim()), name.data());
    return kernels::ranked(rank, k, x, at, reduced_shape(x.shape(), set, keepdim));
  }
  void vjp(const Inputs&, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    wrt(0, [&] { return place_at(y[1], g[0], wrt.shape(0), dim, name.data()); });
  }
  Attributes attributes() const { return {{"dim", dim}, {"keepdim", keepdim}, {"k", k}}; }
  static Cases<Ranked> cases() { return along_cases<Ranked>({.distinct = true}); }
};

template <Rank rank>
ValuesIndices ranked(const Tensor& x, Ranked<rank> op) {
  const auto [values, indices] = record(op, x);
  return {values, indices};
}

/// The median of all     dx = g shared among those that are it
template <Rank rank>
struct MedianOfAll {
  static constexpr std::string_view name = rank == Rank::median ? "median_of_all" : "nanmedian_of_all";
  static constexpr Reads reads = Reads::inputs_and_output;

  Tensor forward(const Tensor& x) const {
    if (x.numel() == 0) return full({}, std::numeric_limits<double>::quiet_NaN(), {.dtype = x.dtype()});
    const Shape all{x.numel()};
    return kernels::ranked(rank, 1, x.alias(all, {1}, x.impl().offset), 0, {})[0];
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return share_among_ties(x[0], y, g, {}, name.data()); });
  }
  static Cases<MedianOfAll> cases() {
    return {{.inputs = {{5}}, .distinct = true}, {.inputs = {{2, 3}}, .distinct = true}, {.inputs = {{}}}};
  }
};

/// x's slices along a last dim, those of all elements without dim.
Tensor with_last_dim(const Tensor& x, const std::optional<Dim>& dim) {
  if (!dim || x.dim() == 0) return flatten(x);
  return movedim(x, *dim, -1);
}

enum class Between { linear, lower, higher, midpoint, nearest };
Between between(std::string_view word, const char* op) {
  const std::array<std::string_view, 5> words{"linear", "lower", "higher", "midpoint", "nearest"};
  const auto found = std::find(words.begin(), words.end(), word);
  check(
      found != words.end(),
      "{}: interpolation is \"{}\"; expected \"linear\", \"lower\", \"higher\", \"midpoint\" or \"nearest\"",
      op, word);
  return static_cast<Between>(found - words.begin());
}

/// The places, from 0 on, of the quantiles q {m} in rows {..., n} that are sorted, NaN last: {..., m}.
Tensor places(const Tensor& sorted, const Tensor& q, bool skips_nan) {
  const Tensor nan = isnan(sorted);
  const Tensor last = full({}, sorted.size(-1) - 1, {.dtype = sorted.dtype()});
  if (!skips_nan) return where(any(nan, {-1}, true), last, q * last);
  return maximum(q * (sum(!nan, {-1}, true).to(sorted.dtype()) - 1), 0);
}

/// The values of sorted rows at places that may lie between two.
Tensor values_at(const Tensor& sorted, const Tensor& places, Between between) {
  const Tensor below = places.to(kInt64), rest = places - below.to(places.dtype());
  const Tensor above = below + (rest > 0).to(kInt64);
  const auto at = [&](const Tensor& index) { return gather(sorted, -1, index); };
  switch (between) {
    case Between::lower: return at(below);
    case Between::higher: return at(above);
    case Between::nearest: {  // half to even
      const Tensor is_odd = below - 2 * (below.to(kFloat64) / 2).to(kInt64) == 1;
      return at(where(rest > 0.5 || (rest == 0.5 && is_odd), above, below));
    }
    case Between::midpoint: return lerp(at(below), at(above), 0.5);
    case Between::linear: return lerp(at(below), at(above), rest);
  }
  __builtin_unreachable();
}

Tensor quantiles(const Tensor& x, const Tensor& q, const std::optional<Dim>& dim, bool keepdim,
                 std::string_view interpolation, bool skips_nan, const char* op) {
  check_floating(x.dtype(), op);
  check(x.numel() > 0, "{}: x has shape {}; expected at least one element", op, x.shape());
  check(q.dim() <= 1 && q.dtype() == x.dtype(), "{}: q is {} of shape {}; expected {} of at most one dim", op,
        q.dtype(), q.shape(), x.dtype());
  check(all(q >= 0 && q <= 1).item<bool>(), "{}: q reaches from {} to {}; expected numbers in [0, 1]", op,
        min(q).item(), max(q).item());
  const Between how = between(interpolation, op);
  const int at = dim ? wrap_dim(*dim, static_cast<int>(x.dim()), op) : 0;
  const Tensor sorted = sort(with_last_dim(x, dim), -1).values;
  Shape rows = sorted.shape();
  rows[rows.size() - 1] = q.numel();
  const Tensor where_to_look = places(sorted.detach(), q.detach().reshape({-1}), skips_nan).expand(rows);
  Tensor y = movedim(values_at(sorted, where_to_look, how), -1, 0);
  if (keepdim) {
    if (dim && x.dim() > 0) {
      y = unsqueeze(y, at + 1);
    } else {
      for (int i = 0; i < x.dim(); ++i) y = unsqueeze(y, 1);
    }
  }
  return q.dim() == 0 ? squeeze(y, 0) : y;
}

/// The number as a tensor of x's dtype.
Tensor as_quantile(const Tensor& x, double q) {
  return full({}, q, {.dtype = x.is_floating_point() ? x.dtype() : kFloat32});
}

Attributes quantile_attributes(const std::optional<Dim>& dim, bool keepdim, std::string_view interpolation) {
  const std::optional<Scalar> named = dim ? std::optional<Scalar>(std::int64_t{*dim}) : std::nullopt;
  return {{"dim", named}, {"keepdim", keepdim}, {"interpolation", interpolation}};
}

}  // namespace

Tensor median(const Tensor& x) { return record(MedianOfAll<Rank::median>{}, x); }
ValuesIndices median(const Tensor& x, Dim dim, bool keepdim) {
  return ranked(x, Ranked<Rank::median>{dim, keepdim});
}
Tensor nanmedian(const Tensor& x) { return record(MedianOfAll<Rank::nanmedian>{}, x); }
ValuesIndices nanmedian(const Tensor& x, Dim dim, bool keepdim) {
  return ranked(x, Ranked<Rank::nanmedian>{dim, keepdim});
}
ValuesIndices kthvalue(const Tensor& x, std::int64_t k, Dim dim, bool keepdim) {
  return ranked(x, Ranked<Rank::kth>{dim, keepdim, k});
}
ValuesIndices mode(const Tensor& x, Dim dim, bool keepdim) {
  return ranked(x, Ranked<Rank::mode>{dim, keepdim});
}

Tensor quantile(const Tensor& x, double q, std::optional<Dim> dim, bool keepdim,
                std::string_view interpolation) {
  return quantile(x, as_quantile(x, q), dim, keepdim, interpolation);
}
Tensor quantile(const Tensor& x, const Tensor& q, std::optional<Dim> dim, bool keepdim,
                std::string_view interpolation) {
  if (is_traced()) [[unlikely]]
    return report("quantile", {x, q}, quantile_attributes(dim, keepdim, interpolation),
                  [&] { return quantile(x, q, dim, keepdim, interpolation); });
  return quantiles(x, q, dim, keepdim, interpolation, false, "quantile");
}
Tensor nanquantile(const Tensor& x, double q, std::optional<Dim> dim, bool keepdim,
                   std::string_view interpolation) {
  return nanquantile(x, as_quantile(x, q), dim, keepdim, interpolation);
}
Tensor nanquantile(const Tensor& x, const Tensor& q, std::optional<Dim> dim, bool keepdim,
                   std::string_view interpolation) {
  if (is_traced()) [[unlikely]]
    return report("nanquantile", {x, q}, quantile_attributes(dim, keepdim, interpolation),
                  [&] { return nanquantile(x, q, dim, keepdim, interpolation); });
  return quantiles(x, q, dim, keepdim, interpolation, true, "nanquantile");
}

Tensor quantile(const Tensor& x, double q, const QuantileOptions& options) {
  return quantile(x, q, options.dim, options.keepdim, options.interpolation);
}
Tensor quantile(const Tensor& x, const Tensor& q, const QuantileOptions& options) {
  return quantile(x, q, options.dim, options.keepdim, options.interpolation);
}
Tensor nanquantile(const Tensor& x, double q, const QuantileOptions& options) {
  return nanquantile(x, q, options.dim, options.keepdim, options.interpolation);
}
Tensor nanquantile(const Tensor& x, const Tensor& q, const QuantileOptions& options) {
  return nanquantile(x, q, options.dim, options.keepdim, options.interpolation);
}

ValuesIndices median(const Tensor& x, Dim dim, const KeepdimOptions& options) {
  return median(x, dim, options.keepdim);
}
ValuesIndices nanmedian(const Tensor& x, Dim dim, const KeepdimOptions& options) {
  return nanmedian(x, dim, options.keepdim);
}
ValuesIndices kthvalue(const Tensor& x, std::int64_t k, const RankOptions& options) {
  return kthvalue(x, k, options.dim, options.keepdim);
}
ValuesIndices mode(const Tensor& x, const RankOptions& options) {
  return mode(x, options.dim, options.keepdim);
}

}  // namespace xtape
