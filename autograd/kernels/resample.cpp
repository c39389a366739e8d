// Resampling: rows first, then columns.
#include "autograd/kernels/resample.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// One output is (1 - weight) x[first] + weight x[second].
template <class T>
struct Blend {
  std::int64_t first, second;
  T weight;
};

/// PyTorch counts in float there, also for doubles.
std::int64_t nearest(std::int64_t o, std::int64_t size, std::int64_t out, double scale) {
  if (out == size) return o;
  if (out == 2 * size) return o / 2;
  const float step =
      scale > 0 ? static_cast<float>(1 / scale) : static_cast<float>(size) / static_cast<float>(out);
  return std::min(static_cast<std::int64_t>(std::floor(static_cast<float>(o) * step)), size - 1);
}

template <class T>
std::vector<Blend<T>> blends_along(const Resampling& r, std::size_t axis) {
  const std::int64_t size = r.size[axis], out = r.out[axis];
  const double scale = r.scale[axis];
  const double step = r.align_corners
                          ? (out > 1 ? static_cast<double>(size - 1) / static_cast<double>(out - 1) : 0)
                      : scale > 0 ? 1 / scale
                                  : static_cast<double>(size) / static_cast<double>(out);
  std::vector<Blend<T>> all;
  for (std::int64_t o = 0; o < out; ++o) {
    if (!r.linear || size == out) {
      const std::int64_t at = nearest(o, size, out, scale);
      all.push_back({at, at, T(0)});
      continue;
    }
    const double index = static_cast<double>(o);
    const double place = r.align_corners ? step * index : std::max(0.0, step * (index + 0.5) - 0.5);
    const std::int64_t first = std::min(static_cast<std::int64_t>(place), size - 1);
    all.push_back({first, std::min(first + 1, size - 1),
                   static_cast<T>(std::clamp(place - static_cast<double>(first), 0.0, 1.0))});
  }
  return all;
}

template <class T>
void resample_plane(const T* x, T* y, std::int64_t width, const std::vector<Blend<T>>& rows,
                    const std::vector<Blend<T>>& columns, std::vector<T>& row) {
  for (const Blend<T>& r : rows) {
    const T *above = x + r.first * width, *below = x + r.second * width;
    if (r.weight == 0)
      std::copy_n(above, width, row.data());
    else
      for (std::int64_t i = 0; i < width; ++i)
        row[static_cast<std::size_t>(i)] = (1 - r.weight) * above[i] + r.weight * below[i];
    for (const Blend<T>& c : columns) {
      const T left = row[static_cast<std::size_t>(c.first)];
      *y++ =
          c.weight == 0 ? left : (1 - c.weight) * left + c.weight * row[static_cast<std::size_t>(c.second)];
    }
  }
}

template <class T>
void spread_plane(const T* g, T* dx, std::int64_t width, const std::vector<Blend<T>>& rows,
                  const std::vector<Blend<T>>& columns, std::vector<T>& row) {
  for (const Blend<T>& r : rows) {
    std::fill(row.begin(), row.end(), T(0));
    for (const Blend<T>& c : columns) {
      row[static_cast<std::size_t>(c.first)] += (1 - c.weight) * *g;
      row[static_cast<std::size_t>(c.second)] += c.weight * *g++;
    }
    T *above = dx + r.first * width, *below = dx + r.second * width;
    for (std::int64_t i = 0; i < width; ++i) above[i] += (1 - r.weight) * row[static_cast<std::size_t>(i)];
    if (r.weight == 0) continue;
    for (std::int64_t i = 0; i < width; ++i) below[i] += r.weight * row[static_cast<std::size_t>(i)];
  }
}

/// f(plane, a row of T) for all planes.
template <class T, class F>
void for_each_plane(std::int64_t planes, const Resampling& r, const F& f) {
  const std::int64_t most = std::max(r.size[0] * r.size[1], r.out[0] * r.out[1]);
  parallel_for(planes, grain_of(most), [&](std::int64_t begin, std::int64_t end) {
    std::vector<T> row(static_cast<std::size_t>(r.size[1]));
    for (std::int64_t plane = begin; plane < end; ++plane) f(plane, row);
  });
}

}  // namespace

Tensor resample(const Tensor& x, const Resampling& r) {
  const Tensor y = make_tensor({x.size(0), r.out[0], r.out[1]}, x.dtype());
  visit_floating(x.dtype(), "interpolate", [&]<class T>(T) {
    const auto rows = blends_along<T>(r, 0), columns = blends_along<T>(r, 1);
    for_each_plane<T>(x.size(0), r, [&](std::int64_t plane, std::vector<T>& row) {
      resample_plane(elements<T>(x) + plane * r.size[0] * r.size[1],
                     elements<T>(y) + plane * r.out[0] * r.out[1], r.size[1], rows, columns, row);
    });
  });
  return y;
}

Tensor resample_backward(const Tensor& g, const Resampling& r) {
  const Tensor dx = make_tensor({g.size(0), r.size[0], r.size[1]}, g.dtype());
  visit_floating(g.dtype(), "interpolate", [&]<class T>(T) {
    const auto rows = blends_along<T>(r, 0), columns = blends_along<T>(r, 1);
    const std::int64_t size = r.size[0] * r.size[1];
    for_each_plane<T>(g.size(0), r, [&](std::int64_t plane, std::vector<T>& row) {
      T* const to = elements<T>(dx) + plane * size;
      std::fill_n(to, size, T(0));
      spread_plane(elements<T>(g) + plane * r.out[0] * r.out[1], to, r.size[1], rows, columns, row);
    });
  });
  return dx;
}

}  // namespace xtape::kernels
