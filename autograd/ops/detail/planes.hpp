// Images and signals as planes, and back. A signal is a plane of one row.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// x {..., H, W} with two axes, or {..., L} with one, as {planes, height, width}.
inline Tensor as_planes(const Tensor& x, int axes) {
  const std::int64_t planes = Shape(x.shape().begin(), x.shape().end() - axes).numel();
  return reshape(x, {planes, axes == 1 ? 1 : x.size(-2), x.size(-1)});
}

/// The planes y with the dims that those of x had.
inline Tensor from_planes(const Tensor& y, const Tensor& x, int axes) {
  Shape shape = x.shape();
  for (int i = 1; i <= axes; ++i) shape[shape.size() - i] = y.size(-i);
  return reshape(y, shape);
}

/// Which axis of a plane is number i of a signal's one or an image's two.
inline std::size_t axis_of_plane(int axes, int i) {
  const int axis = 2 - axes + i;
  return static_cast<std::size_t>(axis);
}

}  // namespace xtape::detail
