// Sorting along a dim: sort, argsort and topk are one op.
#include "autograd/ops/sorting.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/sort.hpp"

namespace xtape {

using namespace op;

namespace {

/// {values, indices} of the first `count` elements along dim in sorted order; -1: of all. The gradient of
/// each value goes to the place it came from.
struct Sort {
  static constexpr std::string_view name = "sort";
  static constexpr Reads reads = Reads::output;

  std::int64_t dim = -1;
  bool descending = false;
  std::int64_t count = -1;

  std::array<Tensor, 2> forward(const Tensor& x) const {
    const int at = wrap_dim(dim, x.shape().size(), "sort");
    const std::int64_t size = x.dim() == 0 ? 1 : x.shape()[at];
    check(count <= size, "topk: k = {} is out of range for dim {} of size {}", count, at, size);
    return kernels::sort(x, at, descending, count < 0 || x.dim() == 0 ? size : count);
  }
  void vjp(const Inputs&, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    wrt(0, [&] { return scatter_add(zeros(wrt.shape(0), {.dtype = wrt.dtype(0)}), dim, y[1], g[0]); });
  }

  Attributes attributes() const { return {{"dim", dim}, {"descending", descending}, {"k", count}}; }
  static Cases<Sort> cases() {
    return Cases<Sort>()
        .add({.inputs = {{3, 5}}, .distinct = true}, {-1, false})
        .add({.inputs = {{3, 2, 4}}, .distinct = true}, {0, true})
        .add({.inputs = {{2, 6}}, .distinct = true}, {1, true, 2})
        .add({.inputs = {{4, 3}}, .distinct = true}, {0, false, 3})
        .add({.inputs = {{}}}, {0, false})
        .add({.inputs = {{0, 3}}}, {0, false})
        .add({.inputs = {{3, 0}}}, {0, true, 1})
        .add({.inputs = {{2, 3}}, .error = "topk: k = 4 is out of range for dim 1 of size 3"}, {1, true, 4})
        .add({.inputs = {{2, 3}}, .error = "sort: dim 2 is out of range"}, {2, true});
  }
};

}  // namespace

ValuesIndices sort(const Tensor& x, Dim dim, bool descending) {
  const auto [values, indices] = record(Sort{dim, descending}, x);
  return {values, indices};
}

Tensor argsort(const Tensor& x, Dim dim, bool descending) {
  return sort(x.detach(), dim, descending).indices;
}

ValuesIndices topk(const Tensor& x, std::int64_t k, Dim dim, bool largest, bool) {
  check(k >= 0, "topk: k = {} is negative", k);
  check(x.dtype() != kBool, "topk: a bool tensor has no order; convert it with to()");
  const auto [values, indices] =
      record(Sort{dim, largest, k}, x);  // sorted either way, which "unsorted" allows
  return {values, indices};
}

ValuesIndices sort(const Tensor& x, const SortOptions& options) {
  return sort(x, options.dim, options.descending);
}
Tensor argsort(const Tensor& x, const SortOptions& options) {
  return argsort(x, options.dim, options.descending);
}
ValuesIndices topk(const Tensor& x, std::int64_t k, const TopkOptions& options) {
  return topk(x, k, options.dim, options.largest, options.sorted);
}

}  // namespace xtape
