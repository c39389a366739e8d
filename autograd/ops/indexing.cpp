// Rows by a 1-d index, and elements by number.
#include "autograd/ops/indexing.hpp"

#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/index.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/places.hpp"

namespace xtape {

using namespace detail;
using namespace op;
using kernels::Negative;

namespace {

using std::int64_t;

/// y[..., i, ...] = x[..., index[i], ...]
struct IndexSelect {
  static constexpr std::string_view name = "index_select";
  static constexpr Reads reads = Reads::others;
  static constexpr bool adds_part = true;
  static constexpr bool strided = true;

  int dim;

  Tensor forward(const Tensor& x, const Tensor& index) const {
    const Tensor at = index.contiguous();
    kernels::check_indices(at, x.dim() == 0 ? 1 : x.shape()[dim], dim, Negative::refused, "index_select");
    Shape shape = x.shape();
    if (!shape.empty()) shape[dim] = at.numel();
    const Tensor y = make_tensor(shape, x.dtype());
    kernels::take(x, dims_of(x.shape()), at, y);
    return y;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const IndexedDims dims = dims_of(wrt.shape(0));
    wrt(
        0, [&] { return put_places(zeros(wrt.shape(0), {.dtype = wrt.dtype(0)}), dims, x[1], g, true); },
        [&](const Tensor& sum) { kernels::add_at(sum, dims, x[1].contiguous(), g.contiguous()); });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<IndexSelect> cases() {
    return Cases<IndexSelect>()
        .add({.make = with_index({3, 4}, {2, 0, 2, 2}, {4})}, {0})
        .add({.make = with_index({2, 3, 2}, {1, 0}, {2})}, {1})
        .add({.make = with_index({2, 3}, {}, {0})}, {1})
        .add({.make = with_index({0, 3}, {1}, {1})}, {1})
        .add({.make = with_index({}, {0}, {1})}, {0})
        .add({.make = with_index({2, 3}, {5}, {1}),
              .error = "index_select: index 5 at position 0 is out of range for dim 1 of size 3"},
             {1})
        .add({.make = with_index({2, 3}, {0, -1}, {2}), .error = "index -1 at position 1 is out of range"},
             {1});
  }

 private:
  IndexedDims dims_of(const Shape& shape) const { return {dim, shape.empty() ? 0 : 1}; }
};

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

/// The dim and the int64 index of an op on rows of x.
std::pair<int, Tensor> checked_rows(const Tensor& x, Dim dim, const Tensor& index, Negative negative,
                                    const char* op) {
  const int at = wrap_dim(dim, x.shape().size(), op);
  const Tensor rows = as_index(index, op).contiguous();
  check(rows.dim() <= 1 && (x.dim() > 0 || rows.numel() == 1),
        "{}: an index of shape {} does not fit {}; expected one dim", op, rows.shape(), x.shape());
  kernels::check_indices(rows, x.dim() == 0 ? 1 : x.shape()[at], at, negative, op);
  return {at, rows};
}

/// The shape of the rows of x that `count` indices name.
Shape rows_shape(const Tensor& x, int dim, int64_t count) {
  Shape shape = x.shape();
  if (!shape.empty()) shape[dim] = count;
  return shape;
}

void check_source(const Tensor& x, int dim, const Tensor& index, const Tensor& src, const char* op) {
  check(x.dtype() == src.dtype(), "{}: the source is {} and the tensor {}; convert one of them", op,
        src.dtype(), x.dtype());
  check(src.shape() == rows_shape(x, dim, index.numel()),
        "{}: a source of shape {} does not fit an index of shape {} into dim {} of {}", op, src.shape(),
        index.shape(), dim, x.shape());
}

/// What index_fill writes.
Tensor filling(const Tensor& x, int dim, const Tensor& index, const Tensor& value) {
  check(value.dim() == 0, "index_fill: the value has shape {}; expected a 0-d tensor", value.shape());
  return as_values(value, x, "index_fill").expand(rows_shape(x, dim, index.numel()));
}

Tensor filling(const Tensor& x, int dim, const Tensor& index, Scalar value) {
  check_holds(x.dtype(), value, "index_fill");
  return filling(x, dim, index, scalar_tensor(value, x.dtype()));
}

/// The dims that the row index runs along: of a 0-d tensor there is none.
IndexedDims row_dims(const Tensor& x, int dim) { return {dim, x.dim() == 0 ? 0 : 1}; }

/// All of x, and the index checked for it.
std::pair<IndexedDims, Tensor> checked_numbers(const Tensor& x, const Tensor& index, const char* op) {
  const Tensor numbers = as_index(index, op).contiguous();
  const auto n = x.numel(), count = numbers.numel();
  check(n > 0 || count == 0, "{}: the tensor of shape {} has no elements to take", op, x.shape());
  const int64_t* at = numbers.data<int64_t>();
  for (int64_t i = 0; i < count; ++i) {
    check(at[i] >= -n && at[i] < n, "{}: index {} at position {} is out of range for {} elements", op, at[i],
          i, n);
  }
  return {{0, static_cast<int>(x.dim())}, numbers};
}

/// A source for `index`, as many elements in any shape.
Tensor checked_source(const Tensor& x, const Tensor& index, const Tensor& source, const char* op) {
  check(x.dtype() == source.dtype(), "{}: the source is {} and the tensor {}; convert one of them", op,
        source.dtype(), x.dtype());
  check(source.numel() == index.numel(), "{}: a source of shape {} does not fit an index of shape {}", op,
        source.shape(), index.shape());
  return reshape(source, index.shape());
}

}  // namespace

Tensor index_select(const Tensor& x, Dim dim, const Tensor& index) {
  const int at = wrap_dim(dim, x.shape().size(), "index_select");
  const Tensor rows = as_index(index, "index_select");
  check(rows.dim() <= 1 && (x.dim() > 0 || rows.numel() == 1),
        "index_select: an index of shape {} does not fit {}; expected one dim", rows.shape(), x.shape());
  return record(IndexSelect{at}, x, rows);
}

Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src) {
  if (is_traced()) [[unlikely]]
    return report("index_add", {x, index, src}, {{"dim", dim}},
                  [&] { return index_add(x, dim, index, src); });
  const auto [at, rows] = checked_rows(x, dim, index, Negative::refused, "index_add");
  check_source(x, at, rows, src, "index_add");
  return put_places(x, row_dims(x, at), rows, src, true);
}

Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src, Scalar alpha) {
  return index_add(x, dim, index, alpha.to<double>() == 1 ? src : alpha * src);
}

const Tensor& Tensor::index_add_(Dim dim, const Tensor& index, const Tensor& src, Scalar alpha) const {
  const auto [at, rows] = checked_rows(*this, dim, index, Negative::refused, "index_add_");
  check_source(*this, at, rows, src, "index_add_");
  return put_places_(*this, row_dims(*this, at), rows, alpha.to<double>() == 1 ? src : alpha * src, true,
                     "index_add_");
}

Tensor index_copy(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src) {
  if (is_traced()) [[unlikely]]
    return report("index_copy", {x, index, src}, {{"dim", dim}},
                  [&] { return index_copy(x, dim, index, src); });
  const auto [at, rows] = checked_rows(x, dim, index, Negative::refused, "index_copy");
  check_source(x, at, rows, src, "index_copy");
  return put_places(x, row_dims(x, at), rows, src, false);
}

const Tensor& Tensor::index_copy_(Dim dim, const Tensor& index, const Tensor& src) const {
  const auto [at, rows] = checked_rows(*this, dim, index, Negative::refused, "index_copy_");
  check_source(*this, at, rows, src, "index_copy_");
  return put_places_(*this, row_dims(*this, at), rows, src, false, "index_copy_");
}

namespace {

template <class Value>
Tensor index_filled(const Tensor& x, Dim dim, const Tensor& index, const Value& value) {
  const auto [at, rows] = checked_rows(x, dim, index, Negative::taken, "index_fill");
  return put_places(x, row_dims(x, at), rows, filling(x, at, rows, value), false);
}

template <class Value>
const Tensor& index_fill_in_place(const Tensor& x, Dim dim, const Tensor& index, const Value& value) {
  const auto [at, rows] = checked_rows(x, dim, index, Negative::taken, "index_fill_");
  return put_places_(x, row_dims(x, at), rows, filling(x, at, rows, value), false, "index_fill_");
}

}  // namespace

Tensor index_fill(const Tensor& x, Dim dim, const Tensor& index, Scalar value) {
  if (is_traced()) [[unlikely]]
    return report("index_fill", {x, index}, {{"dim", dim}, {"value", value}},
                  [&] { return index_fill(x, dim, index, value); });
  return index_filled(x, dim, index, value);
}
Tensor index_fill(const Tensor& x, Dim dim, const Tensor& index, const Tensor& value) {
  if (is_traced()) [[unlikely]]
    return report("index_fill", {x, index, value}, {{"dim", dim}},
                  [&] { return index_fill(x, dim, index, value); });
  return index_filled(x, dim, index, value);
}
const Tensor& Tensor::index_fill_(Dim dim, const Tensor& index, Scalar value) const {
  return index_fill_in_place(*this, dim, index, value);
}
const Tensor& Tensor::index_fill_(Dim dim, const Tensor& index, const Tensor& value) const {
  return index_fill_in_place(*this, dim, index, value);
}

Tensor take(const Tensor& x, const Tensor& index) {
  if (is_traced()) [[unlikely]]
    return report("take", {x, index}, {}, [&] { return take(x, index); });
  const auto [all, numbers] = checked_numbers(x, index, "take");
  return take_places(x, all, numbers);
}

Tensor put(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate) {
  if (is_traced()) [[unlikely]]
    return report("put", {x, index, source}, {{"accumulate", accumulate}},
                  [&] { return put(x, index, source, accumulate); });
  const auto [all, numbers] = checked_numbers(x, index, "put");
  return put_places(x, all, numbers, checked_source(x, index, source, "put"), accumulate);
}

const Tensor& Tensor::put_(const Tensor& index, const Tensor& source, bool accumulate) const {
  const auto [all, numbers] = checked_numbers(*this, index, "put_");
  return put_places_(*this, all, numbers, checked_source(*this, index, source, "put_"), accumulate, "put_");
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

Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src,
                 const AlphaOptions& options) {
  return index_add(x, dim, index, src, options.alpha);
}

}  // namespace xtape
