// An index for each element: gather and its adjoint scatter_add, and scatter. Each adjoint pair reads nothing
// but the index.
#include "autograd/ops/scatter.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/scatter.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/places.hpp"
#include "autograd/ops/detail/scatter_source.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using std::int64_t;

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
    check_scatter_index(dense, x.shape(), at, "gather");
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
    scatter_into(kind, y, dim, index, v, name.data());
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

}  // namespace xtape
