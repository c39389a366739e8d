// Row by row of the image: where a tap's row lies within it is found once, and the rest is a copy.
#include "benchmarks/floor/patches.hpp"

#include <algorithm>

#include "benchmarks/floor/threads.hpp"

namespace hand {

namespace {

/// The places along one axis whose tap lies inside of the image.
Range inside(const Windows& w, int tap) {
  const int first = std::max(0, (w.padding - tap + w.stride - 1) / w.stride);
  const int end = (w.in.side - 1 + w.padding - tap) / w.stride + 1;
  return {std::min(first, w.out.side), std::clamp(end, 0, w.out.side)};
}

/// Calls f(row of the matrix, where the tap's row begins in the image or null, places inside) for each row of
/// places of each tap.
template <class Image, class F>
void for_each_row(const Windows& w, Image* x, const F& f) {
  for (int c = 0; c < w.in.channels; ++c, x += w.in.pixels()) {
    for (int ky = 0; ky < w.kernel; ++ky) {
      for (int kx = 0; kx < w.kernel; ++kx) {
        const Range places = inside(w, kx);
        for (int oy = 0; oy < w.out.side; ++oy) {
          const int y = oy * w.stride + ky - w.padding;
          const bool is_inside = y >= 0 && y < w.in.side;
          f(is_inside ? x + y * w.in.side + places.begin * w.stride + kx - w.padding : nullptr, places);
        }
      }
    }
  }
}

}  // namespace

void gather_patches(const Windows& w, const float* x, float* columns) {
  for_each_row(w, x, [&](const float* row, Range places) {
    float* to = columns;
    columns += w.out.side;
    if (row == nullptr) {
      std::fill_n(to, w.out.side, 0.0f);
      return;
    }
    std::fill_n(to, places.begin, 0.0f);
    if (w.stride == 1)
      std::copy_n(row, places.size(), to + places.begin);
    else
      for (int i = 0; i < places.size(); ++i) to[places.begin + i] = row[i * w.stride];
    std::fill(to + places.end, to + w.out.side, 0.0f);
  });
}

void scatter_patches(const Windows& w, const float* columns, float* x) {
  for_each_row(w, x, [&](float* row, Range places) {
    const float* from = columns + places.begin;
    columns += w.out.side;
    if (row == nullptr) return;
    if (w.stride == 1)
      for (int i = 0; i < places.size(); ++i) row[i] += from[i];
    else
      for (int i = 0; i < places.size(); ++i) row[i * w.stride] += from[i];
  });
}

}  // namespace hand
