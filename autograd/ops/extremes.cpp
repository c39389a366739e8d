// The greatest and the smallest along dims, and where they stand.
#include "autograd/ops/extremes.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/along.hpp"
#include "autograd/kernels/reduce.hpp"
#include "autograd/ops/detail/along.hpp"
#include "autograd/ops/detail/keep_dims.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape {

using namespace op;

namespace {

using detail::along_cases;
using detail::dims_cases;
using detail::place_at;
using detail::share_among_ties;
using kernels::Reduce;

/// The set of `dims` of x, each with an element to choose from.
DimSet filled_dims(const Tensor& x, const Dims& dims, const char* op) {
  const DimSet set = dim_set(dims, static_cast<int>(x.dim()), op);
  for (int i = 0; i < x.dim(); ++i) {
    check(!set[static_cast<std::size_t>(i)] || x.shape()[i] > 0,
          "{}: dim {} of shape {} has no elements to choose from; expected a size of at least 1", op, i,
          x.shape());
  }
  return set;
}

Tensor reduce_filled(Reduce how, const Tensor& x, const Dims& dims, bool keepdim, const char* op) {
  const DimSet set = filled_dims(x, dims, op);
  return kernels::reduce(how, x, set, reduced_shape(x.shape(), set, keepdim));
}

template <class O>
Cases<O> extreme_cases() {
  return dims_cases<O>({.distinct = true})
      .add({.inputs = {{0, 3}}, .error = std::string(O::name) + ": dim 0 of shape {0, 3} has no elements"},
           O{{0}})
      .add({.inputs = {{2, 0}}, .error = std::string(O::name) + ": dim 1 of shape {2, 0} has no elements"},
           O{});
}

/// y = the greatest (else the smallest) of x over dims     dx = g / (number of ties) where x = y
template <bool greatest>
struct Extreme {
  static constexpr std::string_view name = greatest ? "amax" : "amin";
  static constexpr Reads reads = Reads::inputs_and_output;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x) const {
    return reduce_filled(greatest ? Reduce::max : Reduce::min, x, dims, keepdim, name.data());
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return share_among_ties(x[0], y, g, dims, name.data()); });
  }
  Attributes attributes() const { return {{"dim", dims}, {"keepdim", keepdim}}; }
  static Cases<Extreme> cases() { return extreme_cases<Extreme>(); }

  Dims dims = {};
  bool keepdim = false;
};
using Amax = Extreme<true>;
using Amin = Extreme<false>;

std::array<Tensor, 2> extremum_along(bool greatest, const Tensor& x, std::int64_t dim, bool keepdim,
                                     const char* op) {
  const DimSet set = filled_dims(x, {dim}, op);
  return kernels::extremum(greatest, x, wrap_dim(dim, static_cast<int>(x.dim()), op),
                           reduced_shape(x.shape(), set, keepdim));
}

/// {values, indices} of the first greatest (else the first smallest) along dim     dx = g at the index
template <bool greatest>
struct ExtremeAlong {
  static constexpr std::string_view name = greatest ? "max" : "min";
  static constexpr Reads reads = Reads::output;

  std::array<Tensor, 2> forward(const Tensor& x) const {
    return extremum_along(greatest, x, dim, keepdim, name.data());
  }
  void vjp(const Inputs&, const Outputs& y, std::span<const Tensor> g, Wrt& wrt) const {
    wrt(0, [&] { return place_at(y[1], g[0], wrt.shape(0), dim, name.data()); });
  }
  Attributes attributes() const { return {{"dim", dim}, {"keepdim", keepdim}}; }
  static Cases<ExtremeAlong> cases() { return along_cases<ExtremeAlong>({.distinct = true}); }

  std::int64_t dim = 0;
  bool keepdim = false;
};
using MaxAlong = ExtremeAlong<true>;
using MinAlong = ExtremeAlong<false>;

/// The index of the first greatest (else the first smallest) along dim
template <bool greatest>
struct PlaceOfExtreme {
  static constexpr std::string_view name = greatest ? "argmax" : "argmin";

  Tensor forward(const Tensor& x) const { return extremum_along(greatest, x, dim, keepdim, name.data())[1]; }
  Attributes attributes() const { return {{"dim", dim}, {"keepdim", keepdim}}; }
  static Cases<PlaceOfExtreme> cases() { return along_cases<PlaceOfExtreme>({}); }

  std::int64_t dim = 0;
  bool keepdim = false;
};
using Argmax = PlaceOfExtreme<true>;
using Argmin = PlaceOfExtreme<false>;

}  // namespace

Tensor amax(const Tensor& x) { return record(Amax{}, x); }
Tensor amax(const Tensor& x, const Dims& dim, bool keepdim) { return record(Amax{dim, keepdim}, x); }
Tensor amin(const Tensor& x) { return record(Amin{}, x); }
Tensor amin(const Tensor& x, const Dims& dim, bool keepdim) { return record(Amin{dim, keepdim}, x); }

MinMax aminmax(const Tensor& x, const AminmaxOptions& options) {
  return options.dim ? aminmax(x, *options.dim, options.keepdim) : MinMax{amin(x), amax(x)};
}
MinMax aminmax(const Tensor& x, Dim dim, bool keepdim) {
  return {amin(x, {dim}, keepdim), amax(x, {dim}, keepdim)};
}

Tensor max(const Tensor& x) { return amax(x); }
ValuesIndices max(const Tensor& x, Dim dim, bool keepdim) {
  const auto [values, indices] = record(MaxAlong{dim, keepdim}, x);
  return {values, indices};
}
Tensor max(const Tensor& a, const Tensor& b) { return maximum(a, b); }
Tensor min(const Tensor& x) { return amin(x); }
ValuesIndices min(const Tensor& x, Dim dim, bool keepdim) {
  const auto [values, indices] = record(MinAlong{dim, keepdim}, x);
  return {values, indices};
}
Tensor min(const Tensor& a, const Tensor& b) { return minimum(a, b); }

namespace {

template <class O>
Tensor place_of_extreme(const Tensor& x, const O& op) {
  check(x.dtype() != kBool, "{}: a bool tensor has no order; convert it with to()", O::name);
  return record(op, x);
}

}  // namespace

Tensor argmax(const Tensor& x) { return place_of_extreme(reshape(x.detach(), {-1}), Argmax{0}); }
Tensor argmax(const Tensor& x, Dim dim, bool keepdim) { return place_of_extreme(x, Argmax{dim, keepdim}); }
Tensor argmin(const Tensor& x) { return place_of_extreme(reshape(x.detach(), {-1}), Argmin{0}); }
Tensor argmin(const Tensor& x, Dim dim, bool keepdim) { return place_of_extreme(x, Argmin{dim, keepdim}); }

Tensor amax(const Tensor& x, const Dims& dim, const KeepdimOptions& options) {
  return amax(x, dim, options.keepdim);
}
Tensor amin(const Tensor& x, const Dims& dim, const KeepdimOptions& options) {
  return amin(x, dim, options.keepdim);
}
ValuesIndices max(const Tensor& x, Dim dim, const KeepdimOptions& options) {
  return max(x, dim, options.keepdim);
}
ValuesIndices min(const Tensor& x, Dim dim, const KeepdimOptions& options) {
  return min(x, dim, options.keepdim);
}
Tensor argmax(const Tensor& x, Dim dim, const KeepdimOptions& options) {
  return argmax(x, dim, options.keepdim);
}
Tensor argmin(const Tensor& x, Dim dim, const KeepdimOptions& options) {
  return argmin(x, dim, options.keepdim);
}

}  // namespace xtape
