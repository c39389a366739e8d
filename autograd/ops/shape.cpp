// Views of the whole tensor: other shapes, permuted dims, repeated elements. Parts of a tensor are in
// slice.cpp.
#include <numeric>
#include <optional>

#include "autograd/graph/record.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// The strides that show elements of `shape` and `strides` as `to`; none where only a copy can. Neighbouring
/// dims that lie like one dim are taken as one, and sizes of `to` are cut off from its end.
std::optional<Shape> view_strides(const Shape& shape, const Shape& strides, const Shape& to) {
  if (shape.numel() == 0) return shape == to ? strides : contiguous_strides(to);
  Shape result = Shape::filled(to.size(), 1);
  int at = to.size() - 1;
  std::int64_t stride = 1, run = 1;  // of the dims taken as one: the innermost stride, the elements
  for (int d = shape.size() - 1; d >= 0; --d) {
    if (run == 1) stride = strides[d];
    run *= shape[d];
    const bool continues = d > 0 && (shape[d - 1] == 1 || run == 1 || strides[d - 1] == run * stride);
    if (continues) continue;
    std::int64_t taken = 1;
    while (at >= 0 && (taken < run || to[at] == 1)) {
      result[at] = taken * stride;
      taken *= to[at--];
    }
    if (taken != run) return std::nullopt;
    run = 1;
  }
  for (; at >= 0; --at) result[at] = stride;  // sizes of 1 that are left over
  return result;
}

/// y = x in another shape of as many elements, in the same storage.
struct View {
  static constexpr std::string_view name = "view";
  static constexpr bool view = true;

  Shape shape;

  Tensor forward(const Tensor& x) const {
    check(x.numel() == shape.numel(), "view: cannot view {} as {}; {} elements do not fill it", x.shape(),
          shape, x.numel());
    const auto strides = view_strides(x.shape(), x.strides(), shape);
    check(strides.has_value(),
          "view: a tensor of shape {} and strides {} cannot be viewed as {} without a copy; use reshape(), "
          "or contiguous() first",
          x.shape(), x.strides(), shape);
    return x.alias(shape, *strides, x.impl().offset);
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return reshape(g, wrt.shape(0)); });
  }

  Attributes attributes() const { return {{"shape", shape}}; }
  // Dims are cut and dims of size 1 come and go, which any strides allow; the vjp merges them.
  static Cases<View> cases() {
    return Cases<View>()
        .add({.inputs = {{4, 6}}}, {{2, 2, 3, 2}})
        .add({.inputs = {{2, 1, 3}}}, {{1, 2, 3, 1}})
        .add({.inputs = {{}}}, {{1, 1}})
        .add({.inputs = {{1}}}, {{}})
        .add({.inputs = {{0, 3}}}, {{2, 0}})
        .add({.inputs = {{2, 3}}, .error = "view: cannot view {2, 3} as {4}; 6 elements do not fill it"},
             {{4}});
  }
};

/// y[i_dims[0], i_dims[1], ...] = x[i_0, i_1, ...]
struct Permute {
  static constexpr std::string_view name = "permute";
  static constexpr bool view = true;

  Dims dims;

  /// dims, counted from the front and each met once.
  Dims order(int count) const {
    check(dims.size() == count, "permute: {} dims were given for a tensor of {} dims", dims.size(), count);
    Dims order, seen = Shape::filled(count, 0);
    for (std::int64_t dim : dims) {
      order.push_back(wrap_dim(dim, count, "permute"));
      check(seen[static_cast<int>(order.back())]++ == 0, "permute: dim {} is named twice in {}", dim, dims);
    }
    return order;
  }

  Tensor forward(const Tensor& x) const {
    Shape shape, strides;
    for (std::int64_t dim : order(x.shape().size())) {
      shape.push_back(x.shape()[static_cast<int>(dim)]);
      strides.push_back(x.strides()[static_cast<int>(dim)]);
    }
    return x.alias(shape, strides, x.impl().offset);
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Dims order = this->order(dims.size());
      Dims inverse = order;
      for (int i = 0; i < order.size(); ++i) inverse[static_cast<int>(order[i])] = i;
      return permute(g, inverse);
    });
  }

  Attributes attributes() const { return {{"dims", dims}}; }
  static Cases<Permute> cases() {
    return Cases<Permute>()
        .add({.inputs = {{2, 3, 4}}}, {{2, 0, 1}})
        .add({.inputs = {{2, 3}}}, {{-1, 0}})
        .add({.inputs = {{}}}, {{}})
        .add({.inputs = {{2, 0, 3}}}, {{1, 2, 0}})
        .add({.inputs = {{2, 3}}, .error = "permute: 1 dims were given for a tensor of 2 dims"}, {{0}})
        .add({.inputs = {{2, 3}}, .error = "permute: dim -1 is named twice in {1, -1}"}, {{1, -1}})
        .add({.inputs = {{2, 3}}, .error = "permute: dim 2 is out of range"}, {{2, 0}});
  }
};

/// y = x broadcast to `shape`; repeated elements have stride 0.
struct Expand {
  static constexpr std::string_view name = "expand";
  static constexpr bool view = true;

  Shape shape;  // -1 keeps a size

  Tensor forward(const Tensor& x) const {
    Shape to = shape, strides = Shape::filled(shape.size(), 0);
    const int lead = to.size() - x.shape().size();
    for (int d = 0; d < x.shape().size() && lead >= 0; ++d) {
      if (to[lead + d] == -1) to[lead + d] = x.shape()[d];
      if (x.shape()[d] == to[lead + d]) strides[lead + d] = x.strides()[d];
    }
    for (std::int64_t size : to) {
      check(size >= 0, "expand: cannot expand {} to {}; only a dim that exists keeps its size by -1",
            x.shape(), shape);
    }
    check(broadcasts_to(x.shape(), to), "expand: cannot expand {} to {}; sizes may grow from 1 only",
          x.shape(), shape);
    return x.alias(to, strides, x.impl().offset);
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g; });  // summed to x's shape by wrt
  }

  Attributes attributes() const { return {{"size", shape}}; }
  static Cases<Expand> cases() {
    return Cases<Expand>()
        .add({.inputs = {{3, 1}}}, {{2, -1, 4}})
        .add({.inputs = {{2, 3}}}, {{2, 3}})
        .add({.inputs = {{}}}, {{2, 3}})
        .add({.inputs = {{1, 3}}}, {{0, 3}})
        .add({.inputs = {{0, 1}}}, {{2, 0, 3}})
        .add({.inputs = {{2, 3}}, .error = "expand: cannot expand {2, 3} to {4, 3}; sizes may grow from 1"},
             {{4, 3}})
        .add({.inputs = {{2, 3}}, .error = "expand: cannot expand {2, 3} to {3}"}, {{3}})
        .add({.inputs = {{3}}, .error = "only a dim that exists keeps its size by -1"}, {{-1, 3}});
  }
};

/// `shape` with its -1 replaced by the size that makes up x's elements.
Shape resolve(const Tensor& x, const Shape& shape, const char* op) {
  int unknown = -1;
  Shape resolved = shape;
  for (int d = 0; d < shape.size(); ++d) {
    check(shape[d] >= -1, "{}: {} holds the negative size {}; only -1 is allowed", op, shape, shape[d]);
    if (shape[d] != -1) continue;
    check(unknown < 0, "{}: only one size may be -1, but {} has more", op, shape);
    unknown = d;
    resolved[d] = 1;
  }
  const std::int64_t known = resolved.numel();
  if (unknown >= 0) {
    check(known != 0 || x.numel() != 0, "{}: cannot tell the size -1 in {} for a tensor without elements", op,
          shape);
    if (known != 0) resolved[unknown] = x.numel() / known;
  }
  check(unknown < 0 ? known == x.numel() : known != 0 && x.numel() % known == 0,
        "{}: cannot view {} as {}; {} elements do not fill it", op, x.shape(), shape, x.numel());
  return resolved;
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape) {
  if (is_traced()) [[unlikely]]
    return report("reshape", {x}, {{"shape", shape}}, [&] { return reshape(x, shape); });
  const Shape resolved = resolve(x, shape, "reshape");
  if (x.is_contiguous() || view_strides(x.shape(), x.strides(), resolved)) return record(View{resolved}, x);
  return record(View{resolved}, x.clone());
}

Tensor Tensor::view(const Shape& shape) const {
  if (is_traced()) [[unlikely]]
    return report("view", {*this}, {{"shape", shape}}, [&] { return view(shape); });
  return record(View{resolve(*this, shape, "view")}, *this);
}

Tensor flatten(const Tensor& x, Dim start_dim, Dim end_dim) {
  if (is_traced()) [[unlikely]]
    return report("flatten", {x}, {{"start_dim", start_dim}, {"end_dim", end_dim}},
                  [&] { return flatten(x, start_dim, end_dim); });
  const int dims = x.shape().size();
  const int start = wrap_dim(start_dim, dims, "flatten"), end = wrap_dim(end_dim, dims, "flatten");
  check(start <= end, "flatten: start_dim {} comes after end_dim {}", start_dim, end_dim);
  if (dims == 0) return reshape(x, {1});
  if (start == end) return x;
  Shape shape;
  for (int d = 0; d < dims; ++d) {
    if (d > start && d <= end) {
      check(!__builtin_mul_overflow(shape[start], x.shape()[d], &shape[start]),
            "flatten: dims {} to {} of {} have more elements than one dim may have", start, end, x.shape());
    } else {
      shape.push_back(x.shape()[d]);
    }
  }
  return reshape(x, shape);
}

Tensor squeeze(const Tensor& x) {
  if (is_traced()) [[unlikely]]
    return report("squeeze", {x}, {}, [&] { return squeeze(x); });
  Shape shape;
  for (std::int64_t size : x.shape()) {
    if (size != 1) shape.push_back(size);
  }
  return record(View{shape}, x);
}

Tensor squeeze(const Tensor& x, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("squeeze", {x}, {{"dim", dim}}, [&] { return squeeze(x, dim); });
  const int at = wrap_dim(dim, x.shape().size(), "squeeze");
  Shape shape = x.shape();
  if (!shape.empty() && shape[at] == 1) shape.erase(at);
  return record(View{shape}, x);
}

Tensor unsqueeze(const Tensor& x, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("unsqueeze", {x}, {{"dim", dim}}, [&] { return unsqueeze(x, dim); });
  const int at = wrap_dim(dim, x.shape().size() + 1, "unsqueeze");
  Shape shape = x.shape();
  shape.insert(at, 1);
  return record(View{shape}, x);
}

Tensor permute(const Tensor& x, const Dims& dims) { return record(Permute{dims}, x); }

Tensor transpose(const Tensor& x, Dim dim0, Dim dim1) {
  if (is_traced()) [[unlikely]]
    return report("transpose", {x}, {{"dim0", dim0}, {"dim1", dim1}},
                  [&] { return transpose(x, dim0, dim1); });
  const int dims = x.shape().size();
  const int a = wrap_dim(dim0, dims, "transpose"), b = wrap_dim(dim1, dims, "transpose");
  Dims order = x.shape();
  std::iota(order.begin(), order.end(), 0);
  if (dims > 0) std::swap(order[a], order[b]);
  return permute(x, order);
}

Tensor t(const Tensor& x) {
  if (is_traced()) [[unlikely]]
    return report("t", {x}, {}, [&] { return t(x); });
  check(x.dim() <= 2, "t: expected at most 2 dims, got {}; use transpose() or permute()", x.shape());
  return x.dim() == 2 ? transpose(x, 0, 1) : permute(x, x.dim() == 1 ? Dims{0} : Dims{});
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) { return record(Expand{shape}, x); }

Tensor Tensor::expand(const Shape& shape) const { return record(Expand{shape}, *this); }

}  // namespace xtape
