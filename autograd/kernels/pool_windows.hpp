// The windows of pooling as taps along each axis. Included by the sources of pooling alone.
#pragma once

#include <algorithm>
#include <vector>

#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/pool.hpp"

namespace xtape::kernels::pooling {

/// The taps of one window along an axis, and how many an average counts.
struct Taps {
  std::int64_t begin, end, step, count;
};

inline std::vector<Taps> taps_along(const Pooling& p, std::size_t axis) {
  const std::int64_t size = p.size[axis], out = p.out[axis], kernel = p.kernel[axis];
  std::vector<Taps> all;
  all.reserve(static_cast<std::size_t>(out));
  for (std::int64_t o = 0; o < out; ++o) {
    if (kernel == 0) {
      const std::int64_t begin = o * size / out, end = ((o + 1) * size + out - 1) / out;
      all.push_back({begin, end, 1, end - begin});
      continue;
    }
    const std::int64_t step = p.dilation[axis], padding = p.padding[axis],
                       first = o * p.stride[axis] - padding;
    const std::int64_t end = std::min(first + (kernel - 1) * step + 1, size);
    const std::int64_t begin = first < 0 ? first + (-first + step - 1) / step * step : first;
    const std::int64_t padded = std::min(first + kernel, size + padding) - first;
    all.push_back({begin, end, step, p.count_include_pad ? padded : std::max<std::int64_t>(0, end - begin)});
  }
  return all;
}

/// The windows of a plane.
struct Windows {
  std::int64_t height, width;
  std::vector<Taps> rows, columns;
  bool are_pairs;  // of neighbouring columns, two apart

  explicit Windows(const Pooling& p)
      : height(p.size[0]),
        width(p.size[1]),
        rows(taps_along(p, 0)),
        columns(taps_along(p, 1)),
        are_pairs(p.kernel[1] == 2 && p.stride[1] == 2 && p.padding[1] == 0 && p.dilation[1] == 1 &&
                  2 * p.out[1] <= p.size[1]) {}
  std::int64_t out() const { return std::ssize(rows) * std::ssize(columns); }
  /// Throws where a window holds padding alone, which has no greatest element.
  const Windows& checked() const {
    for (const std::vector<Taps>* axis : {&rows, &columns}) {
      for (const Taps& taps : *axis)
        check(taps.begin < taps.end, "max_pool: a window of {{{}, {}}} elements holds padding alone", height,
              width);
    }
    return *this;
  }
};

/// f(plane) for all planes; each thread takes some.
template <class F>
void for_each_plane(const Tensor& x, const F& f) {
  const std::int64_t planes = x.size(0);
  for_each(planes, grain_of(planes == 0 ? 0 : x.numel() / planes), f);
}

/// For what comes of x {planes, height, width}.
inline Tensor pooled(const Tensor& x, const Pooling& p, DType dtype) {
  return detail::make_tensor({x.size(0), p.out[0], p.out[1]}, dtype);
}

}  // namespace xtape::kernels::pooling
