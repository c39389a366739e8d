// Lookups by index and their adjoints, sums by index. What adds at an index is a sum into zeros, added to x:
// so each adjoint pair reads nothing but the index.
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/index.hpp"

namespace xtape {

using namespace op;

namespace {

using std::int64_t;

void check_int64(const Tensor& index, std::string_view op) {
  check(index.dtype() == kInt64, "{}: the index is {}; expected int64", op, index.dtype());
}

Tensor float_ramp(const Shape& shape) {
  const int64_t n = shape.numel();
  return reshape(arange(n, {.dtype = kFloat64}) / 7 - 1, shape);
}

/// Inputs of a case: float64 of `shape` and an int64 index.
std::function<std::vector<Tensor>()> with_index(const Shape& shape, const std::vector<int64_t>& index,
                                                const Shape& index_shape) {
  return [=] { return std::vector<Tensor>{float_ramp(shape), from_vector(index, index_shape)}; };
}

/// y[..., i, ...] = x[..., index[i], ...]
struct IndexSelect {
  static constexpr std::string_view name = "index_select";
  static constexpr Reads reads = Reads::others;

  int64_t dim;

  Tensor forward(const Tensor& x, const Tensor& index) const {
    const int at = wrap_dim(dim, x.shape().size(), "index_select");
    check_int64(index, "index_select");
    check(index.dim() <= 1 && (x.dim() > 0 || index.numel() == 1),
          "index_select: an index of shape {} does not fit {}; expected one dim", index.shape(), x.shape());
    return kernels::index_select(x, at, index);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<IndexSelect> cases() {
    return Cases<IndexSelect>()
        .add({.make = with_index({3, 4}, {2, 0, 2, 2}, {4})}, {0})
        .add({.make = with_index({2, 3, 2}, {1, 0}, {2})}, {-2})
        .add({.make = with_index({2, 3}, {}, {0})}, {1})
        .add({.make = with_index({0, 3}, {1}, {1})}, {1})
        .add({.make = with_index({}, {0}, {1})}, {0})
        .add({.make = with_index({2, 3}, {5}, {1}),
              .error = "index_select: index 5 at position 0 is out of range for dim 1 of size 3"},
             {1})
        .add({.make = with_index({2, 3}, {0, -1}, {2}), .error = "index -1 at position 1 is out of range"},
             {1})
        .add({.make = with_index({2, 3}, {0, 1}, {1, 2}), .error = "an index of shape {1, 2} does not fit"},
             {1})
        .add({.make =
                  [] {
                    return std::vector<Tensor>{float_ramp({3}), float_ramp({2})};
                  },
              .error = "index_select: the index is float64; expected int64"},
             {0});
  }
};

/// y[..., index[i], ...] += x[..., i, ...] into zeros of `shape`
struct IndexSum {
  static constexpr std::string_view name = "index_sum";
  static constexpr Reads reads = Reads::others;

  int64_t dim;
  Shape shape;

  Tensor forward(const Tensor& x, const Tensor& index) const {
    check_int64(index, "index_add");
    const int at = wrap_dim(dim, shape.size(), "index_add");
    Shape expected = shape;
    if (!expected.empty()) expected[at] = index.numel();
    check(index.dim() <= 1 && x.shape() == expected && (x.dim() > 0 || index.numel() == 1),
          "index_add: a source of shape {} does not fit an index of shape {} into dim {} of {}", x.shape(),
          index.shape(), dim, shape);
    return kernels::index_sum(x, at, index, shape);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return index_select(g, dim, x[1]); });
  }

  Attributes attributes() const { return {{"dim", dim}, {"size", shape}}; }
  static Cases<IndexSum> cases() {
    return Cases<IndexSum>()
        .add({.make = with_index({4, 2}, {2, 0, 2, 2}, {4})}, {0, {3, 2}})
        .add({.make = with_index({2, 2, 3}, {1, 0}, {2})}, {-2, {2, 5, 3}})
        .add({.make = with_index({2, 0}, {}, {0})}, {1, {2, 3}})
        .add({.make = with_index({}, {0}, {1})}, {0, {}})
        .add({.make = with_index({1, 3}, {2}, {1}),
              .error = "index_add: index 2 at position 0 is out of range for dim 0 of size 2"},
             {0, {2, 3}})
        .add({.make = with_index({2, 3}, {1}, {1}),
              .error = "index_add: a source of shape {2, 3} does not fit an index of shape {1} into dim 0 of "
                       "{2, 3}"},
             {0, {2, 3}});
  }
};

void IndexSelect::vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(0, [&] { return record(IndexSum{dim, wrt.shape(0)}, g, x[1]); });
}

/// Whether index fits into `shape` in all dims but `dim`.
bool fits_inside(const Shape& index, const Shape& shape, int dim) {
  if (index.size() != shape.size()) return false;
  for (int d = 0; d < index.size(); ++d) {
    if (d != dim && index[d] > shape[d]) return false;
  }
  return true;
}

/// y[i][j] = x[index[i][j]][j] for dim 0
struct Gather {
  static constexpr std::string_view name = "gather";
  static constexpr Reads reads = Reads::others;

  int64_t dim;

  Tensor forward(const Tensor& x, const Tensor& index) const {
    const int at = wrap_dim(dim, x.shape().size(), "gather");
    check_int64(index, "gather");
    if (index.numel() == 0) return empty(index.shape(), {.dtype = x.dtype()});
    check(fits_inside(index.shape(), x.shape(), at),
          "gather: an index of shape {} does not fit inside {} beside dim {}", index.shape(), x.shape(), at);
    return kernels::gather(x, at, index);
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

/// y[index[i][j]][j] += x[i][j] into zeros of `shape`, for dim 0
struct ScatterSum {
  static constexpr std::string_view name = "scatter_sum";
  static constexpr Reads reads = Reads::others;

  int64_t dim;
  Shape shape;

  Tensor forward(const Tensor& x, const Tensor& index) const {
    const int at = wrap_dim(dim, shape.size(), "scatter_add");
    check_int64(index, "scatter_add");
    check(x.shape() == index.shape(),
          "scatter_add: a source of shape {} does not cover the index of shape {}", x.shape(), index.shape());
    if (index.numel() == 0) return zeros(shape, {.dtype = x.dtype()});
    check(fits_inside(index.shape(), shape, at),
          "scatter_add: an index of shape {} does not fit inside {} beside dim {}", index.shape(), shape, at);
    return kernels::scatter_sum(x, at, index, shape);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return gather(g, dim, x[1]); });
  }

  Attributes attributes() const { return {{"dim", dim}, {"size", shape}}; }
  static Cases<ScatterSum> cases() {
    return Cases<ScatterSum>()
        .add({.make = with_index({2, 3}, {2, 0, 1, 2, 2, 0}, {2, 3})}, {0, {3, 4}})
        .add({.make = with_index({2, 4}, {2, 2, 0, 1, 1, 0, 2, 0}, {2, 4})}, {-1, {2, 3}})
        .add({.make = with_index({2, 0}, {}, {2, 0})}, {1, {2, 3}})
        .add({.make = with_index({0}, {}, {0})}, {1, {2, 3}})
        .add({.make = with_index({}, {0}, {})}, {0, {}})
        .add({.make = with_index({2, 1}, {0, 3}, {2, 1}),
              .error = "scatter_add: index 3 at position 1 is out of range for dim 1 of size 3"},
             {1, {2, 3}})
        .add({.make = with_index({1, 1}, {0, 1}, {2, 1}), .error = "a source of shape {1, 1} does not cover"},
             {1, {2, 3}})
        .add({.make = with_index({3, 1}, {0, 1, 0}, {3, 1}),
              .error = "scatter_add: an index of shape {3, 1} does not fit inside {2, 3} beside dim 1"},
             {1, {2, 3}});
  }
};

void Gather::vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(0, [&] { return record(ScatterSum{dim, wrt.shape(0)}, g, x[1]); });
}

/// y[..., c] = 1 where the label is c, else 0; not differentiable
struct OneHot {
  static constexpr std::string_view name = "one_hot";

  int64_t classes;

  Tensor forward(const Tensor& labels) const {
    check(labels.dtype() == kInt64, "one_hot: the labels are {}; expected int64", labels.dtype());
    return kernels::one_hot(labels, classes);
  }

  Attributes attributes() const { return {{"num_classes", classes}}; }
  static Cases<OneHot> cases() {
    const auto labels = [](const std::vector<int64_t>& values) {
      return [values] { return std::vector<Tensor>{from_vector(values, {values.size()})}; };
    };
    return Cases<OneHot>()
        .add({.make = labels({2, 0, 1})}, {3})
        .add({.make = labels({})}, {2})
        .add({.make = labels({0, 3}), .error = "one_hot: label 3 at position 1 is not in 0 ... 2"}, {3})
        .add({.make = labels({-1}), .error = "one_hot: label -1 at position 0"}, {3})
        .add({.inputs = {{2}}, .error = "one_hot: the labels are float64; expected int64"}, {3});
  }
};

void check_same_dtype(const Tensor& x, const Tensor& src, std::string_view op) {
  check(x.dtype() == src.dtype(), "{}: the source is {} and the tensor {}; convert one of them", op,
        src.dtype(), x.dtype());
}

}  // namespace

Tensor index_select(const Tensor& x, Dim dim, const Tensor& index) {
  return record(IndexSelect{dim}, x, index);
}

Tensor gather(const Tensor& x, Dim dim, const Tensor& index) { return record(Gather{dim}, x, index); }

Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src) {
  if (detail::is_traced()) [[unlikely]]
    return detail::report("index_add", {x, index, src}, {{"dim", dim}},
                          [&] { return index_add(x, dim, index, src); });
  check_same_dtype(x, src, "index_add");
  return x + record(IndexSum{dim, x.shape()}, src, index);
}

Tensor scatter_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src) {
  if (detail::is_traced()) [[unlikely]]
    return detail::report("scatter_add", {x, index, src}, {{"dim", dim}},
                          [&] { return scatter_add(x, dim, index, src); });
  check_same_dtype(x, src, "scatter_add");
  Tensor used = src;  // the part that index covers
  if (index.numel() == 0) used = reshape(narrow(reshape(src, {-1}), 0, 0, 0), index.shape());
  for (int d = 0; d < index.shape().size() && src.dim() == index.dim(); ++d) {
    if (index.shape()[d] < used.shape()[d]) used = narrow(used, d, 0, index.shape()[d]);
  }
  return x + record(ScatterSum{dim, x.shape()}, used, index);
}

Tensor one_hot(const Tensor& labels, int64_t classes) {
  if (detail::is_traced()) [[unlikely]]
    return detail::report("one_hot", {labels}, {{"num_classes", classes}},
                          [&] { return one_hot(labels, classes); });
  check(classes >= -1 && classes != 0, "one_hot: expected at least one class or -1, got {}", classes);
  if (classes > 0 || labels.dtype() != kInt64) return record(OneHot{classes}, labels);
  check(labels.numel() > 0, "one_hot: cannot tell the number of classes from no labels");
  const auto greatest = amax(labels).item<int64_t>();
  check(greatest < std::numeric_limits<int64_t>::max(), "one_hot: label {} asks for too many classes",
        greatest);
  return record(OneHot{greatest + 1}, labels);
}

}  // namespace xtape
