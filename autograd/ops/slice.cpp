// Views of a part of a tensor: Sliced, and Select, which drops the dim. Their adjoint, Embed, puts a part
// back among zeros; where a gradient of the whole has arrived already, the part is added to it in place, so
// that taking a tensor apart has a backward of the cost of the tensor.
#include "autograd/ops/slice.hpp"

#include <algorithm>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/copy.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

Tensor alias_slice(const Tensor& x, int dim, std::int64_t start, std::int64_t length, std::int64_t step) {
  Shape shape = x.shape(), strides = x.strides();
  shape[dim] = length;
  if (length > 1) strides[dim] *= step;
  return x.alias(shape, strides, x.impl().offset + (shape.numel() > 0 ? start * x.strides()[dim] : 0));
}

Tensor alias_select(const Tensor& x, int dim, std::int64_t index) {
  Shape shape = x.shape(), strides = x.strides();
  shape.erase(dim);
  strides.erase(dim);
  return x.alias(shape, strides, x.impl().offset + (x.numel() > 0 ? index * x.strides()[dim] : 0));
}

/// y[..., i, ...] = x[..., start + i step, ...] for 0 <= i < length; all within x.
struct Sliced {
  static constexpr std::string_view name = "slice";
  static constexpr bool adds_part = true;
  static constexpr bool view = true;

  int dim;
  std::int64_t start, length, step;

  Tensor forward(const Tensor& x) const { return alias_slice(x, dim, start, length, step); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const {
    return {{"dim", dim}, {"start", start}, {"length", length}, {"step", step}};
  }
  static Cases<Sliced> cases() {
    return Cases<Sliced>()
        .add({.inputs = {{2, 7}}}, {1, 1, 3, 2})
        .add({.inputs = {{4, 3}}}, {0, 1, 2, 1})
        .add({.inputs = {{4, 3}}}, {0, 4, 0, 1})
        .add({.inputs = {{3, 0}}}, {0, 1, 2, 1});
  }
};

/// y = zeros but for y[..., start + i step, ...] = x[..., i, ...]; y has `size` elements along dim. Adjoint
/// of Sliced.
struct Embed {
  static constexpr std::string_view name = "embed";
  static constexpr bool strided = true;

  int dim;
  std::int64_t start, step, size;

  Tensor forward(const Tensor& x) const {
    Shape shape = x.shape();
    shape[dim] = size;
    const Tensor y = zeros(shape, {.dtype = x.dtype()});
    kernels::copy(x, alias_slice(y, dim, start, x.shape()[dim], step));
    return y;
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(Sliced{dim, start, wrt.shape(0)[dim], step}, g); });
  }

  Attributes attributes() const { return {{"dim", dim}, {"start", start}, {"step", step}, {"size", size}}; }
  static Cases<Embed> cases() {
    return Cases<Embed>()
        .add({.inputs = {{2, 3}}}, {1, 1, 2, 7})
        .add({.inputs = {{2, 3}}}, {0, 1, 1, 4})
        .add({.inputs = {{0, 3}}}, {0, 2, 1, 2})
        .add({.inputs = {{3, 0}}}, {0, 1, 2, 6});
  }
};

void Sliced::vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(
      0,
      [&] {
        return record(Embed{dim, start, step, wrt.shape(0)[dim]}, g);
      },
      [&](const Tensor& sum) { alias_slice(sum, dim, start, length, step).add_(g); });
}

/// y[...] = x[..., index, ...], one dim less
struct Select {
  static constexpr std::string_view name = "select";
  static constexpr bool adds_part = true;
  static constexpr bool view = true;

  int dim;
  std::int64_t index;

  Tensor forward(const Tensor& x) const { return alias_select(x, dim, index); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(
        0,
        [&] {
          return record(Embed{dim, index, 1, wrt.shape(0)[dim]}, unsqueeze(g, dim));
        },
        [&](const Tensor& sum) { alias_select(sum, dim, index).add_(g); });
  }

  Attributes attributes() const { return {{"dim", dim}, {"index", index}}; }
  static Cases<Select> cases() {
    return Cases<Select>()
        .add({.inputs = {{2, 7}}}, {1, 3})
        .add({.inputs = {{4}}}, {0, 2})
        .add({.inputs = {{4, 3, 2}}}, {0, 3})
        .add({.inputs = {{3, 0}}}, {0, 1});
  }
};

/// A tensor without elements may have dims of any size, but not be cut into any number of pieces.
void check_pieces(const Tensor& x, std::int64_t count, const char* op) {
  constexpr std::int64_t kMost = 1 << 20;
  check(x.numel() > 0 || count <= kMost, "{}: {} pieces of a tensor without elements; expected at most {}",
        op, count, kMost);
}

/// What gave the pieces gave them all: none of them follows later writes into the others.
std::vector<Tensor> one_of_several(std::vector<Tensor> pieces) {
  for (const Tensor& piece : pieces) {
    if (piece.impl().base) piece.impl().view_kind = ViewKind::one_of_several;
  }
  return pieces;
}

/// `dim` counted from the front; 0-d tensors have none.
int slice_dim(const Tensor& x, std::int64_t dim, const char* op) {
  check(x.dim() > 0, "{}: a 0-d tensor has no dim to take a part of", op);
  return wrap_dim(dim, x.shape().size(), op);
}

}  // namespace

Tensor narrow(const Tensor& x, Dim dim, std::int64_t start, std::int64_t length) {
  if (is_traced()) [[unlikely]]
    return report("narrow", {x}, {{"dim", dim}, {"start", start}, {"length", length}},
                  [&] { return narrow(x, dim, start, length); });
  const int at = slice_dim(x, dim, "narrow");
  const std::int64_t size = x.shape()[at];
  const std::int64_t first = start < 0 ? start + size : start;
  check(first >= 0 && length >= 0 && first <= size && length <= size - first,
        "narrow: start {} and length {} do not fit into dim {} of size {}", start, length, at, size);
  return record(Sliced{at, first, length, 1}, x);
}

Tensor slice(const Tensor& x, Dim dim, SliceBound start, SliceBound end, std::int64_t step) {
  const int at = slice_dim(x, dim, "slice");
  const std::int64_t size = x.shape()[at];
  if (is_traced()) [[unlikely]]
    return report("slice", {x},
                  {{"dim", dim}, {"start", start.value_or(0)}, {"end", end.value_or(size)}, {"step", step}},
                  [&] { return slice(x, dim, start, end, step); });
  check(step > 0, "slice: step {} is not positive; flip() reverses a dim", step);
  const auto bound = [size](std::int64_t i) {
    return std::clamp<std::int64_t>(i < 0 ? i + size : i, 0, size);
  };
  const std::int64_t first = bound(start.value_or(0));
  const std::int64_t span = std::max<std::int64_t>(bound(end.value_or(size)) - first, 0);
  return record(Sliced{at, first, span / step + (span % step != 0), step}, x);
}

Tensor select(const Tensor& x, Dim dim, std::int64_t index) {
  if (is_traced()) [[unlikely]]
    return report("select", {x}, {{"dim", dim}, {"index", index}}, [&] { return select(x, dim, index); });
  const int at = slice_dim(x, dim, "select");
  const std::int64_t size = x.shape()[at];
  check(index >= -size && index < size, "select: index {} is out of range for dim {} of size {}", index, at,
        size);
  return record(Select{at, index < 0 ? index + size : index}, x);
}

std::vector<Tensor> unbind(const Tensor& x, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("unbind", {x}, {{"dim", dim}}, [&] { return unbind(x, dim); });
  const int at = slice_dim(x, dim, "unbind");
  check_pieces(x, x.shape()[at], "unbind");
  std::vector<Tensor> parts;
  for (std::int64_t i = 0; i < x.shape()[at]; ++i) parts.push_back(select(x, at, i));
  return one_of_several(std::move(parts));
}

std::vector<Tensor> split(const Tensor& x, std::int64_t size, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("split", {x}, {{"split_size", size}, {"dim", dim}}, [&] { return split(x, size, dim); });
  const int at = slice_dim(x, dim, "split");
  const std::int64_t total = x.shape()[at];
  check(size > 0 || (size == 0 && total == 0), "split: pieces of size {} do not fill dim {} of size {}", size,
        at, total);
  std::vector<Tensor> pieces;
  const std::int64_t count = size == 0 ? 1 : std::max<std::int64_t>(1, total / size + (total % size != 0));
  check_pieces(x, count, "split");
  for (std::int64_t i = 0; i < count; ++i) {
    pieces.push_back(narrow(x, at, i * size, std::min(size, total - i * size)));
  }
  return one_of_several(std::move(pieces));
}

std::vector<Tensor> split(const Tensor& x, const Shape& sizes, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("split", {x}, {{"split_size", sizes}, {"dim", dim}}, [&] { return split(x, sizes, dim); });
  const int at = slice_dim(x, dim, "split");
  std::int64_t total = 0;
  for (std::int64_t size : sizes) {
    check(size >= 0, "split: {} holds the negative size {}", sizes, size);
    check(!__builtin_add_overflow(total, size, &total),
          "split: the sizes {} add up to more than dim {} of {}", sizes, at, x.shape());
  }
  check(total == x.shape()[at], "split: sizes {} add up to {}, but dim {} has size {}", sizes, total, at,
        x.shape()[at]);
  std::vector<Tensor> pieces;
  std::int64_t start = 0;
  for (std::int64_t size : sizes) {
    pieces.push_back(narrow(x, at, start, size));
    start += size;
  }
  return one_of_several(std::move(pieces));
}

std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, Dim dim) {
  if (is_traced()) [[unlikely]]
    return report("chunk", {x}, {{"chunks", chunks}, {"dim", dim}}, [&] { return chunk(x, chunks, dim); });
  const int at = slice_dim(x, dim, "chunk");
  check(chunks > 0, "chunk: expected at least one chunk, got {}", chunks);
  const std::int64_t total = x.shape()[at];
  if (total > 0) return split(x, total / chunks + (total % chunks != 0), at);
  check_pieces(x, chunks, "chunk");
  std::vector<Tensor> empty;  // as many as asked for, as in PyTorch
  for (std::int64_t i = 0; i < chunks; ++i) empty.push_back(narrow(x, at, 0, 0));
  return one_of_several(std::move(empty));
}

}  // namespace xtape
