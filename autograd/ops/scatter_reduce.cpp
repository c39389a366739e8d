// scatter_reduce: sums and means are compositions, products and extremes are ops.
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/scatter.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/places.hpp"
#include "autograd/ops/detail/scatter_source.hpp"
#include "autograd/ops/scatter.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using std::int64_t;

/// y = the greatest (or smallest) of x and of the elements of v that index sends there. Equal ones share the
/// gradient.
template <bool greatest>
struct ScatterExtreme {
  static constexpr std::string_view name = greatest ? "scatter_amax" : "scatter_amin";
  static constexpr Reads reads = Reads::inputs_and_output;

  int64_t dim;

  Tensor forward(Operand x, const Tensor& index, const Tensor& v) const {
    const Tensor y = owned(x);
    scatter_into(greatest ? kernels::Scatter::amax : kernels::Scatter::amin, y, dim, index, v,
                 "scatter_reduce");
    return y;
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    const Tensor is_self = (x[0] == y).to(g.dtype()),
                 is_source = (x[2] == gather(y, dim, x[1])).to(g.dtype());
    const Tensor share = g / clamp(scatter_add(is_self, dim, x[1], is_source), {.min = 1});
    wrt(0, [&] { return is_self * share; });
    wrt(2, [&] { return is_source * gather(share, dim, x[1]); });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<ScatterExtreme> cases() {
    return Cases<ScatterExtreme>()
        .add({.make = with_index({3, 4}, {2, 0, 1, 2, 2, 0}, {2, 3}, {2, 3})}, {0})
        .add({.make = with_index({2, 3}, {2, 2, 0, 1}, {2, 2}, {2, 2})}, {-1})
        .add({.make = with_index({2, 3}, {}, {2, 0}, {2, 0})}, {1})
        .add({.make = with_index({2, 3}, {0, 3}, {2, 1}, {2, 1}),
              .error = "scatter_reduce: index 3 at position 1 is out of range for dim 1 of size 3"},
             {1})
        .add({.make = with_index({2, 3}, {0, 1}, {2, 1}, {1, 1}),
              .error = "scatter_reduce: a source of shape {1, 1} does not cover the index of shape {2, 1}"},
             {1});
  }
};

/// Inputs of a case with 0 to 4 zeros in one place: x {2, 3} and v {2, 4}, which goes to the first two
/// columns.
std::function<std::vector<Tensor>()> with_zeros(const std::vector<double>& x, const std::vector<double>& v) {
  return [=] {
    return std::vector<Tensor>{from_vector(x, {2, 3}), tensor({{0, 0, 1, 1}, {0, 0, 0, 1}}),
                               from_vector(v, {2, 4})};
  };
}

/// y = x times the elements of v that index sends there. A gradient is that of y without the element's own
/// factor: found by division, and for a zero as the product of the rest, in which the one other zero of the
/// place, if there is one, is their sum without it. So gradients of order 2 are right with any number of
/// zeros, those of order 3 unless three of them meet in one place.
struct ScatterProd {
  static constexpr std::string_view name = "scatter_prod";
  static constexpr Reads reads = Reads::inputs_and_output;

  int64_t dim;

  Tensor forward(Operand x, const Tensor& index, const Tensor& v) const {
    const Tensor y = owned(x);
    scatter_into(kernels::Scatter::multiply, y, dim, index, v, "scatter_reduce");
    return y;
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    const auto sum = [&](const Tensor& self, const Tensor& source) {
      return scatter_add(self, dim, x[1], source);
    };
    const auto along = [&](const Tensor& places) { return gather(places, dim, x[1]); };
    const Tensor self_zero = x[0].detach() == 0, source_zero = x[2].detach() == 0;
    const Tensor self = where(self_zero, 1, x[0]), source = where(source_zero, 1, x[2]);
    const Tensor zeros = sum(self_zero.to(g.dtype()), source_zero.to(g.dtype()));
    const Tensor product = g * record(*this, self, x[1], source), whole = g * y;
    const Tensor one = where(zeros == 1, product, 0), two = where(zeros == 2, product, 0);
    const Tensor of_zeros =
        sum(where(self_zero, x[0], 0), where(source_zero, x[2], 0));  // 0, with a gradient
    wrt(0, [&] { return where(self_zero, one + two * (of_zeros - x[0]), whole / self); });
    wrt(2, [&] {
      return where(source_zero, along(one) + along(two) * (along(of_zeros) - x[2]), along(whole) / source);
    });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<ScatterProd> cases() {
    return Cases<ScatterProd>()
        .add({.make = with_index({3, 4}, {2, 0, 1, 2, 2, 0}, {2, 3}, {2, 3})}, {0})
        .add({.make = with_index({2, 3}, {2, 2, 0, 1}, {2, 2}, {2, 2})}, {-1})
        .add({.make = with_index({2, 3}, {}, {2, 0}, {2, 0})}, {1})
        .add({.make = with_zeros({0, 2, 0, 3, 1.5, 0}, {0.5, 0, -1, 0, 0, 2, 0, 0})}, {1})
        .add({.make = with_index({2, 3}, {0, 3}, {2, 1}, {2, 1}),
              .error = "scatter_reduce: index 3 at position 1 is out of range for dim 1 of size 3"},
             {1})
        .add({.make = with_index({2, 3}, {0, 1}, {2, 1}, {1, 1}),
              .error = "scatter_reduce: a source of shape {1, 1} does not cover the index of shape {2, 1}"},
             {1});
  }
};

/// The greatest or the least that a dtype holds, which no element beats.
Scalar least_of_all(DType dtype, bool greatest) {
  return visit(dtype, [&]<class T>(T) {
    using Limits = std::numeric_limits<T>;
    if constexpr (Limits::has_infinity) return Scalar(greatest ? -Limits::infinity() : Limits::infinity());
    return Scalar(greatest ? Limits::lowest() : Limits::max());
  });
}

Tensor scatter_mean(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& src, bool include_self) {
  const auto ones_of = [&](const Shape& shape) { return ones(shape, {.dtype = x.dtype()}); };
  const Tensor start = include_self ? ones_of(x.shape()) : scatter(ones_of(x.shape()), dim, index, 0);
  const Tensor count = clamp(scatter_add(start, dim, index, ones_of(index.shape())), {.min = 1});
  const Tensor total = scatter_add(include_self ? x : scatter(x, dim, index, 0), dim, index, src);
  if (x.is_floating_point()) return total / count;
  // Integers are rounded down, as in PyTorch.
  const Tensor quotient = (total.to(kFloat64) / count.to(kFloat64)).to(x.dtype());
  return quotient - (quotient * count > total).to(x.dtype());
}

}  // namespace

Tensor scatter_reduce(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src,
                      std::string_view reduce, bool include_self) {
  if (is_traced()) [[unlikely]]
    return report("scatter_reduce", {x, index, src},
                  {{"dim", dim}, {"reduce", reduce}, {"include_self", include_self}},
                  [&] { return scatter_reduce(x, dim, index, src, reduce, include_self); });
  const Tensor at = as_index(index, "scatter_reduce"), part = covered(x, index, src, "scatter_reduce");
  const auto start = [&](Scalar identity) { return include_self ? x : scatter(x, dim, at, identity); };
  if (reduce == "sum") return scatter_add(start(0), dim, at, part);
  if (reduce == "mean") return scatter_mean(x, dim, at, part, include_self);
  if (reduce == "prod") return record(ScatterProd{dim}, start(1), at, part);
  if (reduce == "amax")
    return record(ScatterExtreme<true>{dim}, start(least_of_all(x.dtype(), true)), at, part);
  check(reduce == "amin",
        "scatter_reduce: reduce is \"{}\"; expected \"sum\", \"prod\", \"mean\", \"amax\" or \"amin\"",
        reduce);
  return record(ScatterExtreme<false>{dim}, start(least_of_all(x.dtype(), false)), at, part);
}

Tensor scatter_reduce(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src,
                      std::string_view reduce, const ScatterReduceOptions& options) {
  return scatter_reduce(x, dim, index, src, reduce, options.include_self);
}

const Tensor& Tensor::scatter_reduce_(Dim dim, const Tensor& index, const Tensor& src,
                                      std::string_view reduce, bool include_self) const {
  return in_place(*this, "scatter_reduce_",
                  {{"dim", dim}, {"reduce", reduce}, {"include_self", include_self}},
                  [&](const Tensor& before) {
                    return xtape::scatter_reduce(before, dim, index, src, reduce, include_self);
                  },
                  {src});
}

}  // namespace xtape
