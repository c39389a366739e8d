// How convolutions spread their input, and cut their work. Included by their sources alone.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/kernels/conv.hpp"
#include "autograd/kernels/spread.hpp"

namespace xtape::kernels {

/// How many things of so many multiplications are worth waking a thread.
inline std::int64_t conv_grain(std::int64_t multiplications) {
  return std::max<std::int64_t>(1, (1 << 20) / std::max<std::int64_t>(1, multiplications));
}

/// What the places of a result read of one axis of x.
inline SpreadAxis forward_axis(const ConvGeometry& geometry, std::size_t axis, std::int64_t source,
                               std::int64_t places, std::int64_t kernel) {
  std::vector<std::int64_t> taps;
  for (std::int64_t k = 0; k < kernel; ++k)
    taps.push_back(k * geometry.dilation[axis] - geometry.padding[axis]);
  return {source, places, geometry.stride[axis], std::move(taps)};
}

inline Spread forward_spread(const ConvGeometry& geometry, const Shape& x, const Shape& weight,
                             const PlaneSize& places, bool set_apart = false) {
  return {weight[1], forward_axis(geometry, 0, x[2], places[0], weight[2]),
          forward_axis(geometry, 1, x[3], places[1], weight[3]), set_apart};
}

}  // namespace xtape::kernels
