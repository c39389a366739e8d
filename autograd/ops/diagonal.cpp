// Diagonals and triangles of matrices. A diagonal is a view; its adjoint puts one among zeros.
#include "autograd/ops/diagonal.hpp"

#include <algorithm>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/triangle.hpp"
#include "autograd/ops/detail/in_place.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// x with zeros on one side of a diagonal      dx = g with zeros there
template <bool lower>
struct Triangle {
  static constexpr std::string_view name = lower ? "tril" : "triu";

  std::int64_t diagonal = 0;

  Tensor forward(const Tensor& x) const {
    check(x.dim() >= 2, "{}: expected a matrix or a batch of them, got {}", name, x.shape());
    return kernels::triangle(x, lower, diagonal);
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(Triangle{diagonal}, g); });
  }
  Attributes attributes() const { return {{"diagonal", diagonal}}; }
  static Cases<Triangle> cases() {
    return Cases<Triangle>()
        .add({.inputs = {{3, 3}}}, {0})
        .add({.inputs = {{2, 4}}}, {1})
        .add({.inputs = {{2, 4, 2}}}, {-1})
        .add({.inputs = {{3, 2}}}, {9})
        .add({.inputs = {{3, 2}}}, {-9})
        .add({.inputs = {{0, 3}}}, {0})
        .add({.inputs = {{3}}, .error = ": expected a matrix or a batch of them, got {3}"}, {0});
  }
};
using Tril = Triangle<true>;
using Triu = Triangle<false>;

/// Where a diagonal lies: `offset` above the main one of dims dim1 and dim2, counted from the front.
struct Place {
  std::int64_t offset;
  int dim1, dim2;

  /// Of a tensor of `shape`.
  std::int64_t length(const Shape& shape) const {
    const std::int64_t rows = shape[dim1], columns = shape[dim2];
    const std::int64_t most = offset < 0 ? std::min(rows + std::max(offset, -rows), columns)
                                         : std::min(rows, columns - std::min(offset, columns));
    return std::max<std::int64_t>(most, 0);
  }
  Tensor of(const Tensor& x) const {
    Shape shape = x.shape(), strides = x.strides();
    const std::int64_t size = length(shape), stride = strides[dim1] + strides[dim2];
    const std::int64_t start = offset < 0 ? -offset * strides[dim1] : offset * strides[dim2];
    for (Shape* list : {&shape, &strides}) {
      list->erase(std::max(dim1, dim2));
      list->erase(std::min(dim1, dim2));
    }
    shape.push_back(size);
    strides.push_back(stride);
    return x.alias(shape, strides, x.impl().offset + (shape.numel() > 0 ? start : 0));
  }
  Attributes attributes() const { return {{"offset", offset}, {"dim1", dim1}, {"dim2", dim2}}; }
};

/// y[..., i] = x[..., i, i + offset]
struct Diagonal {
  static constexpr std::string_view name = "diagonal";
  static constexpr bool adds_part = true;
  static constexpr bool view = true;

  Place place;

  Tensor forward(const Tensor& x) const { return place.of(x); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return place.attributes(); }
  static Cases<Diagonal> cases() {
    return Cases<Diagonal>()
        .add({.inputs = {{3, 3}}}, {{0, 0, 1}})
        .add({.inputs = {{3, 4}}}, {{2, 0, 1}})
        .add({.inputs = {{2, 3, 4}}}, {{-1, 2, 0}})
        .add({.inputs = {{2, 3}}}, {{5, 0, 1}})
        .add({.inputs = {{0, 3}}}, {{0, 0, 1}});
  }
};

/// y = zeros of `shape`, with x on a diagonal. Adjoint of Diagonal.
struct DiagEmbed {
  static constexpr std::string_view name = "diag_embed";
  static constexpr bool strided = true;

  Place place;
  Shape shape;

  Tensor forward(const Tensor& x) const {
    const Tensor y = zeros(shape, {.dtype = x.dtype()});
    kernels::copy(x, place.of(y));
    return y;
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(Diagonal{place}, g); });
  }

  Attributes attributes() const {
    Attributes all = place.attributes();
    all.emplace_back("size", shape);
    return all;
  }
  static Cases<DiagEmbed> cases() {
    return Cases<DiagEmbed>()
        .add({.inputs = {{3}}}, {{0, 0, 1}, {3, 3}})
        .add({.inputs = {{2}}}, {{2, 0, 1}, {3, 4}})
        .add({.inputs = {{3, 2}}}, {{-1, 2, 0}, {2, 3, 4}})
        .add({.inputs = {{0}}}, {{0, 0, 1}, {0, 3}});
  }
};

void Diagonal::vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(
      0,
      [&] {
        return record(DiagEmbed{place, wrt.shape(0)}, g);
      },
      [&](const Tensor& sum) { place.of(sum).add_(g); });
}

Place place_in(int dims, std::int64_t offset, Dim dim1, Dim dim2, const char* op) {
  check(dims >= 2, "{}: a tensor of {} dims has no diagonal; expected at least 2", op, dims);
  const Place place{offset, wrap_dim(dim1, dims, op), wrap_dim(dim2, dims, op)};
  check(place.dim1 != place.dim2, "{}: dims {} and {} are the same", op, dim1, dim2);
  return place;
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t diagonal) { return record(Tril{diagonal}, x); }
Tensor triu(const Tensor& x, std::int64_t diagonal) { return record(Triu{diagonal}, x); }

const Tensor& Tensor::tril_(std::int64_t diagonal) const {
  return in_place(*this, "tril_", {{"diagonal", diagonal}},
                  [=](const Tensor& before) { return xtape::tril(before, diagonal); });
}
const Tensor& Tensor::fill_diagonal_(Scalar value) const {
  check(dim() == 2, "fill_diagonal_: expected a matrix, got {}", shape());
  diagonal().fill_(value);
  return *this;
}

const Tensor& Tensor::triu_(std::int64_t diagonal) const {
  return in_place(*this, "triu_", {{"diagonal", diagonal}},
                  [=](const Tensor& before) { return xtape::triu(before, diagonal); });
}

Tensor diagonal(const Tensor& x, std::int64_t offset, Dim dim1, Dim dim2) {
  return record(Diagonal{place_in(x.shape().size(), offset, dim1, dim2, "diagonal")}, x);
}

Tensor diag_embed(const Tensor& x, std::int64_t offset, Dim dim1, Dim dim2) {
  check(x.dim() > 0, "diag_embed: a 0-d tensor is not a diagonal; expected at least 1 dim");
  const Place place = place_in(x.shape().size() + 1, offset, dim1, dim2, "diag_embed");
  std::int64_t size = x.shape().back();
  check(offset > std::numeric_limits<std::int64_t>::min() &&
            !__builtin_add_overflow(size, offset < 0 ? -offset : offset, &size),
        "diag_embed: offset {} makes the matrix larger than a tensor may be", offset);
  Shape shape = x.shape();
  shape.erase(shape.size() - 1);
  shape.insert(std::min(place.dim1, place.dim2), size);
  shape.insert(std::max(place.dim1, place.dim2), size);
  return record(DiagEmbed{place, shape}, x);
}

Tensor diag(const Tensor& x, std::int64_t diagonal) {
  if (is_traced()) [[unlikely]]
    return report("diag", {x}, {{"diagonal", diagonal}}, [&] { return diag(x, diagonal); });
  check(x.dim() == 1 || x.dim() == 2, "diag: expected a vector or a matrix, got {}", x.shape());
  return x.dim() == 1 ? diag_embed(x, diagonal) : xtape::diagonal(x, diagonal).clone();
}

Tensor diagflat(const Tensor& x, std::int64_t offset) {
  if (is_traced()) [[unlikely]]
    return report("diagflat", {x}, {{"offset", offset}}, [&] { return diagflat(x, offset); });
  return diag_embed(reshape(x, {-1}), offset);
}

Tensor trace(const Tensor& x) {
  if (is_traced()) [[unlikely]]
    return report("trace", {x}, {}, [&] { return trace(x); });
  check(x.dim() == 2, "trace: expected a matrix, got {}", x.shape());
  return sum(diagonal(x));
}

Tensor tril(const Tensor& x, const TriangleOptions& options) { return tril(x, options.diagonal); }
Tensor triu(const Tensor& x, const TriangleOptions& options) { return triu(x, options.diagonal); }
Tensor diag(const Tensor& x, const TriangleOptions& options) { return diag(x, options.diagonal); }
Tensor diagonal(const Tensor& x, const DiagonalOptions& options) {
  return diagonal(x, options.offset, options.dim1, options.dim2);
}
Tensor diag_embed(const Tensor& x, const DiagEmbedOptions& options) {
  return diag_embed(x, options.offset, options.dim1, options.dim2);
}

}  // namespace xtape
