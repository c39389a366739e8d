// Windows of convolutions and pooling over one to three spatial axes: kernel, stride, dilation and padding of
// each.
#pragma once

#include <cstdint>
#include <vector>

#include "onnx/detail/call.hpp"

namespace xtape::onnx::detail {

struct Windows {
  std::vector<std::int64_t> kernel, stride, dilation, begin, end;

  /// Of the attributes of a node whose x has as many spatial axes as the kernel. Padding by auto_pad is that
  /// which gives ceil(size / stride).
  Windows(const Call& call, const Shape& kernel_size);

  int axes() const { return static_cast<int>(kernel.size()); }
  /// The elements that a window reaches over.
  std::int64_t reach(std::size_t axis) const { return (kernel[axis] - 1) * dilation[axis] + 1; }
  /// Whether each end has as much padding as the beginning, at most `least` of the kernel.
  bool is_symmetric() const { return begin == end; }
  bool is_padded() const;
  /// Padding in the order of pad(): {left, right, top, bottom, ...}.
  Shape padding() const;
};

}  // namespace xtape::onnx::detail
