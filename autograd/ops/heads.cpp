// Queries, keys and values side by side, taken apart into heads: three views at once, whose gradients are
// written to one tensor in one pass, where slices would each begin with zeros.
#include "autograd/graph/record.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/ops/detail/attention.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// How x {N, L, 3 H D}, or {L, N, 3 H D}, is seen as three {N, H, L, D}.
struct Packing {
  std::int64_t heads;
  bool batch_first;

  int batch() const { return batch_first ? 0 : 1; }
  int words() const { return batch_first ? 1 : 0; }

  std::array<Tensor, 3> apart(const Tensor& x) const {
    const Shape& s = x.strides();
    const std::int64_t width = x.size(2) / 3, depth = width / heads;
    const auto part = [&](std::int64_t i) {
      return x.alias({x.size(batch()), heads, x.size(words()), depth},
                     {s[batch()], depth * s[2], s[words()], s[2]}, x.impl().offset + i * width * s[2]);
    };
    return {part(0), part(1), part(2)};
  }
  Attributes attributes() const { return {{"heads", heads}, {"batch_first", batch_first}}; }
};

/// {q, k, v} of x; views. Adjoint of JoinHeads.
struct SplitHeads {
  static constexpr std::string_view name = "split_heads";
  static constexpr bool strided = true;

  Packing packing;

  std::array<Tensor, 3> forward(const Tensor& x) const { return packing.apart(x); }
  void vjp(const Inputs&, const Outputs&, const Outputs& g, Wrt& wrt) const;

  Attributes attributes() const { return packing.attributes(); }
  static Cases<SplitHeads> cases() {
    return Cases<SplitHeads>()
        .add({.inputs = {{2, 3, 12}}}, {2, true})
        .add({.inputs = {{2, 3, 12}}}, {2, false})
        .add({.inputs = {{1, 2, 9}}}, {3, true})
        .add({.inputs = {{0, 2, 6}}}, {1, true});
  }
};

/// x with q, k and v {N, H, L, D} side by side. Adjoint of SplitHeads.
struct JoinHeads {
  static constexpr std::string_view name = "join_heads";
  static constexpr bool strided = true;

  Packing packing;

  Tensor forward(const Tensor& q, const Tensor& k, const Tensor& v) const {
    Shape shape{0, 0, 3 * q.size(1) * q.size(3)};
    shape[packing.batch()] = q.size(0);
    shape[packing.words()] = q.size(2);
    const Tensor x = make_tensor(shape, q.dtype());
    const std::array<Tensor, 3> to = packing.apart(x);
    kernels::copy(q, to[0]);
    kernels::copy(k, to[1]);
    kernels::copy(v, to[2]);
    return x;
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const std::array<Tensor, 3> parts = record(SplitHeads{packing}, g);
    for (std::size_t i = 0; i < 3; ++i) wrt(i, [&] { return parts[i]; });
  }

  Attributes attributes() const { return packing.attributes(); }
  static Cases<JoinHeads> cases() {
    return Cases<JoinHeads>()
        .add({.inputs = {{2, 2, 3, 2}, {2, 2, 3, 2}, {2, 2, 3, 2}}}, {2, true})
        .add({.inputs = {{2, 2, 3, 2}, {2, 2, 3, 2}, {2, 2, 3, 2}}}, {2, false})
        .add({.inputs = {{1, 3, 2, 1}, {1, 3, 2, 1}, {1, 3, 2, 1}}}, {3, true})
        .add({.inputs = {{0, 1, 2, 2}, {0, 1, 2, 2}, {0, 1, 2, 2}}}, {1, true});
  }
};

void SplitHeads::vjp(const Inputs&, const Outputs&, const Outputs& g, Wrt& wrt) const {
  wrt(0, [&] {
    const Shape& x = wrt.shape(0);
    const Shape part{x[packing.batch()], packing.heads, x[packing.words()], x[2] / 3 / packing.heads};
    const auto given = [&](const Tensor& y) {
      return y.defined() ? y : zeros(part, {.dtype = wrt.dtype(0)});
    };
    return record(JoinHeads{packing}, given(g[0]), given(g[1]), given(g[2]));
  });
}

}  // namespace

std::array<Tensor, 3> detail::split_heads(const Tensor& x, std::int64_t heads, bool batch_first) {
  if (!is_traced()) return record(SplitHeads{{heads, batch_first}}, x);
  const std::int64_t width = x.size(2) / 3;  // a reader knows these ops
  const auto part = [&](std::int64_t i) {
    const Tensor y = narrow(x, -1, i * width, width).reshape({x.size(0), x.size(1), heads, width / heads});
    return batch_first ? y.transpose(1, 2) : y.permute({1, 2, 0, 3});
  };
  return {part(0), part(1), part(2)};
}

}  // namespace xtape
