// What the ops along one dim share: their gradients and their cases.
#pragma once

#include "autograd/ops/detail/keep_dims.hpp"

namespace xtape::detail {

/// x moved on by `by` places along dim, or back by -by; `value` comes in.
inline Tensor shifted(const Tensor& x, int dim, std::int64_t by, Scalar value) {
  Shape padding = Shape::filled(2 * (x.shape().size() - dim), 0);
  padding[padding.size() - 2] = by;
  padding[padding.size() - 1] = -by;
  return pad(x, padding, value);
}

/// Zeros of `shape` with g at the indices along dim.
inline Tensor place_at(const Tensor& indices, const Tensor& g, const Shape& shape, Dim dim, const char* op) {
  if (shape.empty()) return g;
  return scatter_add(zeros(shape, {.dtype = g.dtype()}), dim, keep_dims(indices, shape, {dim}, op),
                     keep_dims(g, shape, {dim}, op));
}

/// Cases that suit every op that chooses one element along a dim: O{dim, keepdim}.
template <class O>
op::Cases<O> along_cases(const op::Case& sample) {
  const auto with_shape = [&](const Shape& shape) {
    op::Case c = sample;
    c.inputs = {shape};
    return c;
  };
  const std::string name(O::name);
  return op::Cases<O>()
      .add(with_shape({5}), O{0})
      .add(with_shape({2, 3}), O{0, true})
      .add(with_shape({3, 2}), O{-1})
      .add(with_shape({2, 3, 4}), O{1})
      .add(with_shape({2, 3, 4}), O{-2, true})
      .add(with_shape({}), O{-1})
      .add(with_shape({0, 3}), O{1})
      .add({.inputs = {{2, 3}}, .error = name + ": dim 2 is out of range"}, O{2})
      .add({.inputs = {{0, 3}}, .error = name + ": dim 0 of shape {0, 3} has no elements"}, O{0});
}

}  // namespace xtape::detail
