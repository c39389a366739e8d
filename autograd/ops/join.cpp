// Tensors put together, and copies with a changed order or border: cat, stack, flip, pad.
#include "autograd/ops/join.hpp"

#include <algorithm>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/copy.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// The part of x that begins at `start` and has `shape`, without history.
Tensor part(const Tensor& x, const Shape& start, const Shape& shape) {
  std::int64_t offset = x.impl().offset;
  if (shape.numel() > 0) {
    for (int d = 0; d < shape.size(); ++d) offset += start[d] * x.strides()[d];
  }
  return x.alias(shape, x.strides(), offset);
}

/// A 1-d tensor of no elements joins with tensors of any shape, as in PyTorch.
bool is_skipped(const Shape& shape) { return shape == Shape{0}; }

/// The tensors one after the other along dim; all of one dtype, and of one shape elsewhere.
struct Cat {
  static constexpr std::string_view name = "cat";
  static constexpr bool strided = true;

  std::int64_t dim = 0;

  Shape joined_shape(const std::vector<Tensor>& tensors) const {
    Shape shape{0};
    for (const Tensor& x : tensors) {
      check(x.dim() > 0, "cat: a 0-d tensor has no dim to join along; use stack()");
      if (is_skipped(x.shape())) continue;
      if (is_skipped(shape)) {
        shape = x.shape();
        wrap_dim(dim, shape.size(), "cat");
        continue;
      }
      const int at = wrap_dim(dim, shape.size(), "cat");
      bool fits = x.dim() == shape.size();
      for (int d = 0; fits && d < shape.size(); ++d) fits = d == at || x.shape()[d] == shape[d];
      check(fits, "cat: cannot join {} to {} along dim {}; all other sizes must agree", x.shape(),
            tensors[0].shape(), dim);
      check(!__builtin_add_overflow(shape[at], x.shape()[at], &shape[at]),
            "cat: the sizes along dim {} add up to more than a tensor may have", at);
    }
    return shape;
  }

  Tensor forward(const std::vector<Tensor>& tensors) const {
    check(!tensors.empty(), "cat: expected at least one tensor, got an empty list");
    const Tensor y = make_tensor(joined_shape(tensors), tensors[0].dtype());
    Shape start = Shape::filled(y.shape().size(), 0);
    const int at = wrap_dim(dim, y.shape().size(), "cat");
    for (const Tensor& x : tensors) {
      if (is_skipped(x.shape())) continue;
      kernels::copy(x, part(y, start, x.shape()));
      start[at] += x.shape()[at];
    }
    return y;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const int at = wrap_dim(dim, g.shape().size(), "cat");
    std::int64_t start = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Shape& shape = wrt.shape(i);
      if (is_skipped(shape)) {
        wrt(i, [&] { return zeros(shape, {.dtype = wrt.dtype(i)}); });
        continue;
      }
      wrt(i, [&] { return narrow(g, at, start, shape[at]); });
      start += shape[at];
    }
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<Cat> cases() {
    return Cases<Cat>()
        .add({.inputs = {{2, 3}, {2, 1}, {2, 2}}}, {1})
        .add({.inputs = {{2, 3}, {1, 3}}}, {-2})
        .add({.inputs = {{3}}}, {0})
        .add({.inputs = {{2, 3}, {0}, {2, 0}}}, {1})
        .add({.inputs = {{0}, {0}}}, {0})
        .add({.inputs = {{2, 3}, {3, 2}}, .error = "cat: cannot join {3, 2} to {2, 3} along dim 0"}, {0})
        .add({.inputs = {{2}, {2, 3}}, .error = "cat: cannot join {2, 3} to {2} along dim 0"}, {0})
        .add({.inputs = {{2}, {}}, .error = "cat: a 0-d tensor has no dim to join along; use stack()"}, {0})
        .add({.inputs = {{2, 3}, {2, 3}}, .error = "cat: dim 2 is out of range"}, {2});
  }
};

/// y = x with the order of the elements along dims reversed.
struct Flip {
  static constexpr std::string_view name = "flip";
  static constexpr bool strided = true;

  Dims dims;

  Tensor forward(const Tensor& x) const {
    const int count = x.shape().size();
    Shape strides = x.strides(), seen = Shape::filled(std::max(count, 1), 0);
    std::int64_t offset = x.impl().offset;
    for (std::int64_t dim : dims) {
      const int at = wrap_dim(dim, count, "flip");
      check(seen[at]++ == 0, "flip: dim {} is named twice in {}", dim, dims);
      if (count == 0 || x.numel() == 0) continue;
      offset += (x.shape()[at] - 1) * strides[at];
      strides[at] = -strides[at];
    }
    return kernels::converted(x.alias(x.shape(), strides, offset), x.dtype());
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return flip(g, dims); });
  }

  Attributes attributes() const { return {{"dims", dims}}; }
  static Cases<Flip> cases() {
    return Cases<Flip>()
        .add({.inputs = {{2, 3, 4}}}, {{0, -1}})
        .add({.inputs = {{2, 3}}}, {{}})
        .add({.inputs = {{}}}, {{0}})
        .add({.inputs = {{0, 3}}}, {{0}})
        .add({.inputs = {{2, 3}}, .error = "flip: dim -2 is named twice in {0, -2}"}, {{0, -2}})
        .add({.inputs = {{2, 3}}, .error = "flip: dim 2 is out of range"}, {{2}});
  }
};

constexpr auto kNoSize = std::numeric_limits<std::int64_t>::min();  // has no negative

/// y = x with borders of `value`; a negative border crops. The adjoint crops where this pads.
struct Pad {
  static constexpr std::string_view name = "pad";
  static constexpr bool strided = true;

  Shape padding;  // before and behind the last dim, then the one before it, ...
  Scalar value = 0;

  Tensor forward(const Tensor& x) const {
    const int dims = x.shape().size();
    check(padding.size() % 2 == 0 && padding.size() <= 2 * dims,
          "pad: padding {} does not fit {}; expected two amounts for each of at most {} dims", padding,
          x.shape(), dims);
    Shape shape = x.shape(), kept = x.shape();
    Shape from = Shape::filled(dims, 0), to = from;
    for (int i = 0; i < padding.size() / 2; ++i) {
      const int d = dims - 1 - i;
      const std::int64_t before = padding[2 * i], behind = padding[2 * i + 1];
      const bool fits = !__builtin_add_overflow(shape[d], before, &shape[d]) &&
                        !__builtin_add_overflow(shape[d], behind, &shape[d]) && before > kNoSize &&
                        behind > kNoSize;
      check(fits, "pad: padding {} makes dim {} of {} larger than a tensor may be", padding, d, x.shape());
      from[d] = std::max<std::int64_t>(-before, 0);
      to[d] = std::max<std::int64_t>(before, 0);
      kept[d] -= from[d] + std::max<std::int64_t>(-behind, 0);
      check(kept[d] >= 0, "pad: padding {} crops more than the {} elements of dim {} of {}", padding,
            x.shape()[d], d, x.shape());
    }
    check_holds(x.dtype(), value, "pad");
    const Tensor y = full(shape, value, {.dtype = x.dtype()});
    if (kept.numel() > 0) kernels::copy(part(x, from, kept), part(y, to, kept));
    return y;
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      Shape opposite = padding;
      for (std::int64_t& amount : opposite) amount = -amount;
      return pad(g, opposite);
    });
  }

  Attributes attributes() const { return {{"pad", padding}, {"value", value}}; }
  static Cases<Pad> cases() {
    return Cases<Pad>()
        .add({.inputs = {{2, 3}}}, {{1, 2}, 1.5})
        .add({.inputs = {{2, 3, 4}}}, {{0, 1, 2, 0}, 0})
        .add({.inputs = {{4, 5}}}, {{-1, 2, 1, -2}, 0.5})
        .add({.inputs = {{2, 3}}}, {{-3, 4}, 0.5})
        .add({.inputs = {{}}}, {{}, 0})
        .add({.inputs = {{0, 3}}}, {{0, 0, 1, 1}, 2})
        .add({.inputs = {{2, 3}}, .error = "pad: padding {1} does not fit {2, 3}"}, {{1}, 0})
        .add({.inputs = {{3}}, .error = "pad: padding {1, 1, 1, 1} does not fit {3}"}, {{1, 1, 1, 1}, 0})
        .add({.inputs = {{2, 3}}, .error = "crops more than the 3 elements of dim 1 of {2, 3}"},
             {{-2, -2}, 0});
  }
};

/// The tensors, each as `shaped` gives it, joined along dim and reported as `op`.
template <class F>
Tensor join_as(const char* op, const std::vector<Tensor>& tensors, const F& shaped, int dim) {
  check(!tensors.empty(), "{}: expected at least one tensor, got an empty list", op);
  if (is_traced()) [[unlikely]]
    return report(op, tensors, {}, [&] { return join_as(op, tensors, shaped, dim); });
  std::vector<Tensor> parts;
  for (const Tensor& x : tensors) parts.push_back(shaped(x));
  return cat(parts, dim);
}

}  // namespace

Tensor cat(const std::vector<Tensor>& tensors, Dim dim) {
  check(!tensors.empty(), "cat: expected at least one tensor, got an empty list");
  DType dtype = tensors[0].dtype();
  for (const Tensor& x : tensors) dtype = promote(dtype, x.dtype());
  std::vector<Tensor> same;
  for (const Tensor& x : tensors) same.push_back(x.to(dtype));
  return record(Cat{dim}, same);
}

Tensor stack(const std::vector<Tensor>& tensors, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("stack", tensors, {{"dim", dim}}, [&] { return stack(tensors, dim); });
  check(!tensors.empty(), "stack: expected at least one tensor, got an empty list");
  const Shape& shape = tensors[0].shape();
  const int at = wrap_dim(dim, shape.size() + 1, "stack");
  std::vector<Tensor> rows;
  for (const Tensor& x : tensors) {
    check(x.shape() == shape, "stack: shapes {} and {} differ; all must be equal", shape, x.shape());
    rows.push_back(unsqueeze(x, at));
  }
  return cat(rows, at);
}

Tensor concat(const std::vector<Tensor>& tensors, Dim dim) { return cat(tensors, dim); }
Tensor concatenate(const std::vector<Tensor>& tensors, Dim dim) { return cat(tensors, dim); }

Tensor hstack(const std::vector<Tensor>& tensors) {
  check(!tensors.empty(), "hstack: expected at least one tensor, got an empty list");
  return join_as("hstack", tensors, atleast_1d, tensors[0].dim() <= 1 ? 0 : 1);
}
Tensor vstack(const std::vector<Tensor>& tensors) { return join_as("vstack", tensors, atleast_2d, 0); }
Tensor row_stack(const std::vector<Tensor>& tensors) { return vstack(tensors); }
Tensor dstack(const std::vector<Tensor>& tensors) { return join_as("dstack", tensors, atleast_3d, 2); }
Tensor column_stack(const std::vector<Tensor>& tensors) {
  const auto as_column = [](const Tensor& x) { return x.dim() > 1 ? x : reshape(x, {x.numel(), 1}); };
  return join_as("column_stack", tensors, as_column, 1);
}

Tensor flip(const Tensor& x, const Dims& dims) { return record(Flip{dims}, x); }

Tensor pad(const Tensor& x, const Shape& padding, Scalar value) { return record(Pad{padding, value}, x); }

}  // namespace xtape
