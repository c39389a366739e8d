// Images of another size, by the nearest or by the two neighbouring elements of each axis, and the adjoint.
// They run unrecorded on contiguous floats {planes, height, width}, and do not depend on the number of
// threads.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

struct Resampling {
  std::array<std::int64_t, 2> size, out;
  std::array<double, 2> scale = {0, 0};  ///< out / size as it was asked for; 0: as it came out
  bool linear = false;                   ///< else nearest
  bool align_corners = false;            ///< whether the first and the last elements keep their places
};

Tensor resample(const Tensor& x, const Resampling& r);
/// {planes, out, out} to {planes, size, size}
Tensor resample_backward(const Tensor& g, const Resampling& r);

}  // namespace xtape::kernels
