// Windows that slide along a dim, as a view. Their adjoint adds up what overlaps.
#include <algorithm>

#include "autograd/graph/record.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// y[..., i, ..., k] = x[..., i step + k, ...] for 0 <= k < size
struct Unfold {
  static constexpr std::string_view name = "unfold";
  static constexpr bool view = true;

  int dim;
  std::int64_t size, step;

  Tensor forward(const Tensor& x) const {
    Shape shape = x.shape(), strides = x.strides();
    shape.push_back(size);
    strides.push_back(strides[dim]);
    shape[dim] = (shape[dim] - size) / step + 1;
    if (shape[dim] > 1) strides[dim] *= step;
    return x.alias(shape, strides, x.impl().offset);
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return {{"dimension", dim}, {"size", size}, {"step", step}}; }
  static Cases<Unfold> cases() {
    return Cases<Unfold>()
        .add({.inputs = {{7}}}, {0, 3, 1})
        .add({.inputs = {{2, 7}}}, {1, 2, 3})
        .add({.inputs = {{5, 2, 3}}}, {0, 3, 2})
        .add({.inputs = {{3, 4}}}, {1, 4, 5})
        .add({.inputs = {{3, 0}}}, {0, 2, 1})
        .add({.inputs = {{4}}}, {0, 0, 2});
  }
};

/// The windows added up in zeros with `length` elements along dim. Adjoint of Unfold.
struct Fold {
  static constexpr std::string_view name = "fold_windows";
  static constexpr bool strided = true;

  int dim;
  std::int64_t step, length;

  Tensor forward(const Tensor& x) const {
    Shape shape = x.shape();
    const std::int64_t size = shape.back(), windows = shape[dim];
    shape.erase(shape.size() - 1);
    shape[dim] = length;
    const Tensor y = zeros(shape, {.dtype = x.dtype()});
    for (std::int64_t k = 0; k < size; ++k)
      slice(y, dim, k, k + (windows - 1) * step + 1, step).add_(select(x, -1, k));
    return y;
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(Unfold{dim, wrt.shape(0).back(), step}, g); });
  }

  Attributes attributes() const { return {{"dimension", dim}, {"step", step}, {"length", length}}; }
  static Cases<Fold> cases() {
    return Cases<Fold>()
        .add({.inputs = {{5, 3}}}, {0, 1, 7})
        .add({.inputs = {{2, 2, 2}}}, {1, 3, 7})
        .add({.inputs = {{2, 2, 3, 3}}}, {0, 2, 5})
        .add({.inputs = {{3, 1, 4}}}, {1, 5, 4});
  }
};

void Unfold::vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(0, [&] { return record(Fold{dim, step, wrt.shape(0)[dim]}, g); });
}

}  // namespace

Tensor Tensor::unfold(Dim dimension, std::int64_t size, std::int64_t step) const {
  check(dim() > 0, "unfold: a 0-d tensor has no dim to slide along");
  const int at = wrap_dim(dimension, shape().size(), "unfold");
  check(size >= 0 && size <= shape()[at], "unfold: windows of {} do not fit into dim {} of {}", size, at,
        shape());
  check(step > 0, "unfold: step {} is not positive", step);
  return record(Unfold{at, size, step}, *this);
}

}  // namespace xtape
