// An index for each element: gather and its adjoint scatter_add, scatter, scatter_reduce. Each adjoint pair
// reads nothing but the index.
#include "autograd/ops/scatter.hpp"

#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/index.hpp"
#include "autograd/kernels/scatter.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/places.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using std::int64_t;

/// Whether index fits into `shape` in all dims but `dim`.
bool fits_inside(const Shape& index, const Shape& shape, int dim) {
  if (index.size() != shape.size()) return false;
  for (int d = 0; d < index.size(); ++d) {
    if (d != dim && index[d] > shape[d]) return false;
  }
  return true;
}

/// What gather and the writes need of an index with elements.
void check_fits(const Tensor& index, const Shape& shape, int dim, const char* op) {
  check(fits_inside(index.shape(), shape, dim),
        "{}: an index of shape {} does not fit inside {} beside dim {}", op, index.shape(), shape, dim);
  kernels::check_indices(index, shape.empty() ? 1 : shape[dim], dim, kernels::Negative::refused, op);
}

/// y[i][j] = x[index[i][j]][j] for dim 0
struct Gather {
  static constexpr std::string_view name = "gather";
  static constexpr Reads reads = Reads::others;
  static constexpr bool strided = true;

  int64_t dim;

  Tensor forward(const Tensor& x, const Tensor& index) const {
    const int at = wrap_dim(dim, x.shape().size(), "gather");
    if (index.numel() == 0) return empty(index.shape(), {.dtype = x.dtype()});
    const Tensor dense = index.contiguous();
    check_fits(dense, x.shape(), at, "gather");
    return kernels::gather(x, at, dense);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<Gather> cases() {
    return Cases<Gather>()
        .add({.make = with_index({3, 4}, {2, 0, 1, 2, 2, 0}, {2, 3})}, {0})
        .add({.make = with_index({2, 3}, {2, 2, 0, 1, 1, 0, 2, 0}, {2, 4})}, {-1})
        .add({.make = with_index({2, 2, 3}, {1, 0, 1, 1, 0, 0}, {2, 1, 3})}, {1})
        .add({.make = with_index({2, 3}, {}, {2, 0})}, {1})
        .add({.make = with_index({2, 3}, {}, {0})}, {1})
        .add({.make = with_index({}, {0}, {})}, {0})
        .add({.make = with_index({2, 3}, {3, 0}, {2, 1}),
              .error = "gather: index 3 at position 0 is out of range for dim 1 of size 3"},
             {1})
        .add({.make = with_index({2, 3}, {0, 0, 0}, {3, 1}),
              .error = "gather: an index of shape {3, 1} does not fit inside {2, 3} beside dim 1"},
             {1})
        .add({.make = with_index({2, 3}, {0}, {1}), .error = "gather: an index of shape {1} does not fit"},
             {1});
  }
};

/// y = x, with the elements of v, of the shape of index, put to y[index[i][j]][j] for dim 0
template <kernels::Scatter kind>
struct ScatterWrite {
  static constexpr std::string_view name = kind == kernels::Scatter::add ? "scatter_add" : "scatter";
  static constexpr Reads reads = Reads::input1;

  int64_t dim;

  Tensor forward(Operand x, const Tensor& index, const Tensor& v) const {
    const Tensor y = owned(x);
    write(y, index, v);
    return y;
  }
  void write(const Tensor& y, const Tensor& index, const Tensor& v) const {
    const int at = wrap_dim(dim, y.shape().size(), name.data());
    check(v.shape() == index.shape(), "{}: a source of shape {} does not cover the index of shape {}", name,
          v.shape(), index.shape());
    if (index.numel() == 0) return;
    check_fits(index, y.shape(), at, name.data());
    kernels::scatter(kind, y, at, index, v);
  }
  void vjp(const Inputs& x, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(2, [&] { return gather(g, dim, x[1]); });
    wrt(0, [&] {
      if (kind == kernels::Scatter::add) return g;
      return record(*this, std::move(g), x[1], zeros(wrt.shape(2), {.dtype = wrt.dtype(0)}));
    });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<ScatterWrite> cases() {
    const std::string op(name);
    const bool adds = kind == kernels::Scatter::add;  // only then may places repeat
    return Cases<ScatterWrite>()
        .add({.make = with_index({3, 4}, {2, 0, 1, adds ? 2 : 0, 2, 0}, {2, 3}, {2, 3})}, {0})
        .add({.make = with_index({2, 3}, {2, adds ? 2 : 1, 0, 1}, {2, 2}, {2, 2})}, {-1})
        .add({.make = with_index({2, 3}, {}, {2, 0}, {2, 0})}, {1})
        .add({.make = with_index({2, 3}, {}, {0}, {0})}, {1})
        .add({.make = with_index({}, {0}, {}, {})}, {0})
        .add({.make = with_index({2, 3}, {0, 3}, {2, 1}, {2, 1}),
              .error = op + ": index 3 at position 1 is out of range for dim 1 of size 3"},
             {1})
        .add({.make = with_index({2, 3}, {0, 1}, {2, 1}, {1, 1}),
              .error = "a source of shape {1, 1} does not cover"},
             {1})
        .add({.make = with_index({2, 3}, {0, 1, 0}, {3, 1}, {3, 1}),
              .error = op + ": an index of shape {3, 1} does not fit inside {2, 3} beside dim 1"},
             {1});
  }
};
using ScatterAdd = ScatterWrite<kernels::Scatter::add>;
using ScatterReplace = ScatterWrite<kernels::Scatter::replace>;

void Gather::vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(0, [&] { return record(ScatterAdd{dim}, zeros(wrt.shape(0), {.dtype = wrt.dtype(0)}), x[1], g); });
}

/// y = the greatest (or smallest) of x and of the elements of v that index sends there. Equal ones share the
/// gradient.
template <bool greatest>
struct ScatterExtreme {
  static constexpr std::string_view name = greatest ? "scatter_amax" : "scatter_amin";
  static constexpr Reads reads = Reads::inputs_and_output;

  int64_t dim;

  Tensor forward(Operand x, const Tensor& index, const Tensor& v) const {
    const Tensor y = owned(x);
    if (index.numel() == 0) return y;
    const int at = wrap_dim(dim, y.shape().size(), "scatter_reduce");
    check_fits(index, y.shape(), at, "scatter_reduce");
    kernels::scatter(greatest ? kernels::Scatter::amax : kernels::Scatter::amin, y, at, index, v);
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
             {1});
  }
};

/// y = x times the elements of v that index sends there. A gradient is that of y without the element's own
/// factor, found by division, or where there is one zero as the product of the rest.
struct ScatterProd {
  static constexpr std::string_view name = "scatter_prod";
  static constexpr Reads reads = Reads::inputs;

  int64_t dim;

  Tensor forward(Operand x, const Tensor& index, const Tensor& v) const {
    const Tensor y = owned(x);
    if (index.numel() == 0) return y;
    const int at = wrap_dim(dim, y.shape().size(), "scatter_reduce");
    check_fits(index, y.shape(), at, "scatter_reduce");
    kernels::scatter(kernels::Scatter::multiply, y, at, index, v);
    return y;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const Tensor self_zero = x[0].detach() == 0, source_zero = x[2].detach() == 0;
    const Tensor self = where(self_zero, 1, x[0]), source = where(source_zero, 1, x[2]);
    const Tensor zeros = scatter_add(self_zero.to(g.dtype()), dim, x[1], source_zero.to(g.dtype()));
    const Tensor product = g * record(*this, self, x[1], source);
    const Tensor whole = where(zeros == 0, product, 0), rest = where(zeros == 1, product, 0);
    wrt(0, [&] { return where(self_zero, rest, whole / self); });
    wrt(2, [&] { return where(source_zero, gather(rest, dim, x[1]), gather(whole, dim, x[1]) / source); });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<ScatterProd> cases() {
    return Cases<ScatterProd>()
        .add({.make = with_index({3, 4}, {2, 0, 1, 2, 2, 0}, {2, 3}, {2, 3})}, {0})
        .add({.make = with_index({2, 3}, {2, 2, 0, 1}, {2, 2}, {2, 2})}, {-1})
        .add({.make = with_index({2, 3}, {}, {2, 0}, {2, 0})}, {1})
        .add({.make = with_index({2, 3}, {0, 3}, {2, 1}, {2, 1}),
              .error = "scatter_reduce: index 3 at position 1 is out of range for dim 1 of size 3"},
             {1});
  }
};

/// The part of src that index covers; an Error of `op` where the dtypes differ.
Tensor covered(const Tensor& x, const Tensor& index, const Tensor& src, const char* op) {
  check(x.dtype() == src.dtype(), "{}: the source is {} and the tensor {}; convert one of them", op,
        src.dtype(), x.dtype());
  if (index.numel() == 0) return reshape(narrow(reshape(src, {-1}), 0, 0, 0), index.shape());
  Tensor used = src;
  for (int d = 0; d < index.shape().size() && src.dim() == index.dim(); ++d) {
    if (index.shape()[d] < used.shape()[d]) used = narrow(used, d, 0, index.shape()[d]);
  }
  return used;
}

/// A number for all of index.
Tensor covered(const Tensor& x, const Tensor& index, Scalar value, const char* op) {
  check_holds(x.dtype(), value, op);
  return full({}, value, {.dtype = x.dtype()}).expand(index.shape());
}

}  // namespace

Tensor gather(const Tensor& x, Dim dim, const Tensor& index) {
  return record(Gather{dim}, x, as_index(index, "gather"));
}

Tensor take_along_dim(const Tensor& x, const Tensor& index, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("take_along_dim", {x, index}, {{"dim", dim}},
                  [&] { return take_along_dim(x, index, dim); });
  check(x.dim() == index.dim(), "take_along_dim: an index of shape {} does not fit {}; expected {} dims",
        index.shape(), x.shape(), x.dim());
  const int at = wrap_dim(dim, x.shape().size(), "take_along_dim");
  Shape of_x = x.shape(), of_index = index.shape();
  if (!of_x.empty()) {
    of_x[at] = of_index[at] = 1;
    Shape both = broadcast_shapes(of_x, of_index, "take_along_dim");
    of_x = of_index = both;
    of_x[at] = x.shape()[at];
    of_index[at] = index.shape()[at];
  }
  return gather(x.expand(of_x), at, index.expand(of_index));
}

Tensor take_along_dim(const Tensor& x, const Tensor& index) {
  return take_along_dim(reshape(x, {-1}), reshape(index, {-1}), 0);
}

Tensor scatter(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src) {
  if (is_traced()) [[unlikely]]
    return report("scatter", {x, index, src}, {{"dim", dim}}, [&] { return scatter(x, dim, index, src); });
  return record(ScatterReplace{dim}, x, as_index(index, "scatter"), covered(x, index, src, "scatter"));
}

Tensor scatter(const Tensor& x, Dim dim, const Tensor& index, Scalar value) {
  if (is_traced()) [[unlikely]]
    return report("scatter", {x, index}, {{"dim", dim}, {"value", value}},
                  [&] { return scatter(x, dim, index, value); });
  return record(ScatterReplace{dim}, x, as_index(index, "scatter"), covered(x, index, value, "scatter"));
}

const Tensor& Tensor::scatter_(Dim dim, const Tensor& index, const Tensor& src) const {
  return part_in_place(*this, "scatter_", ScatterReplace{dim}, as_index(index, "scatter_"),
                       covered(*this, index, src, "scatter_"));
}

const Tensor& Tensor::scatter_(Dim dim, const Tensor& index, Scalar value) const {
  return part_in_place(*this, "scatter_", ScatterReplace{dim}, as_index(index, "scatter_"),
                       covered(*this, index, value, "scatter_"));
}

Tensor scatter_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src) {
  if (is_traced()) [[unlikely]]
    return report("scatter_add", {x, index, src}, {{"dim", dim}},
                  [&] { return scatter_add(x, dim, index, src); });
  return record(ScatterAdd{dim}, x, as_index(index, "scatter_add"), covered(x, index, src, "scatter_add"));
}

const Tensor& Tensor::scatter_add_(Dim dim, const Tensor& index, const Tensor& src) const {
  return part_in_place(*this, "scatter_add_", ScatterAdd{dim}, as_index(index, "scatter_add_"),
                       covered(*this, index, src, "scatter_add_"));
}

namespace {

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
