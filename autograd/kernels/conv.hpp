// Convolutions of two spatial axes: the result, the input's gradient and the weight's. No buffer is larger
// than an image with zeros around it.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// How a result's places lie over the input: place p sees position p stride - padding + tap dilation, and
/// zero where there is none. Of the height, then of the width.
struct ConvGeometry {
  std::array<std::int64_t, 2> stride{1, 1}, padding{0, 0}, dilation{1, 1};
  std::int64_t groups = 1;
};

/// The spatial sizes of a tensor that is computed.
using PlaneSize = std::array<std::int64_t, 2>;

// Contiguous tensors of one floating dtype: x {N, C, H, W}, weight {O, C / groups, KH, KW}, g {N, O, OH, OW}.
// Work is cut as shapes say, so results have the same bits on any number of threads.

/// y {N, O} + size; an undefined bias is none.
Tensor conv(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvGeometry& geometry,
            const PlaneSize& size);
/// dx {N, C} + size
Tensor conv_input(const Tensor& g, const Tensor& weight, const ConvGeometry& geometry, const PlaneSize& size);
/// dweight {O, C / groups} + size
Tensor conv_weight(const Tensor& x, const Tensor& g, const ConvGeometry& geometry, const PlaneSize& size);

}  // namespace xtape::kernels
