// The dims of a tensor in the order of its memory, so that kernels for contiguous tensors serve transposed
// ones too.
#pragma once

#include <algorithm>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// The dims of x, the one that moves farthest first.
inline std::vector<int> memory_order(const Tensor& x) {
  std::vector<int> order(static_cast<std::size_t>(x.dim()));
  for (std::size_t d = 0; d < order.size(); ++d) order[d] = static_cast<int>(d);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return x.strides()[a] > x.strides()[b]; });
  return order;
}

/// sizes[order[0]], sizes[order[1]], ...
inline Shape in_order(const Shape& sizes, const std::vector<int>& order) {
  Shape result;
  for (int d : order) result.push_back(sizes[d]);
  return result;
}

/// x with its dims in another order; a view.
inline Tensor in_order(const Tensor& x, const std::vector<int>& order) {
  return x.alias(in_order(x.shape(), order), in_order(x.strides(), order), x.impl().offset);
}

}  // namespace xtape::kernels
