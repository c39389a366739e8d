// Patches of an image as columns of a matrix, so that a convolution is a product, and the way back.
#pragma once

#include "benchmarks/harness/image_nets.hpp"

namespace hand {

/// An image, and what a layer's windows make of it.
struct Windows {
  bench::Planes in, out;
  int kernel = 1, stride = 1, padding = 0;

  int rows() const { return in.channels * kernel * kernel; }  ///< of the matrix, whose columns are places
  bool is_image() const { return kernel == 1 && stride == 1 && padding == 0; }
};

/// columns {rows(), places} of x {channels, side, side}.
void gather_patches(const Windows& windows, const float* x, float* columns);
/// x += each number of `columns` at its place.
void scatter_patches(const Windows& windows, const float* columns, float* x);

}  // namespace hand
