// Means of windows by whole rows, as maxima.
#include "autograd/kernels/pool_windows.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;
using namespace pooling;

namespace {

double divisor_of(const Taps& r, const Taps& c, std::int64_t given) {
  return static_cast<double>(given != 0 ? given : r.count * c.count);
}

template <class T>
void means_of_plane(const T* x, T* y, const Windows& w, std::int64_t divisor, std::vector<double>& row) {
  for (const Taps& r : w.rows) {
    std::fill(row.begin(), row.end(), 0.0);
    for (std::int64_t h = r.begin; h < r.end; h += r.step) {
      for (std::int64_t i = 0; i < w.width; ++i) row[i] += static_cast<double>(x[h * w.width + i]);
    }
    for (const Taps& c : w.columns) {
      double sum = 0;
      for (std::int64_t k = c.begin; k < c.end; k += c.step) sum += row[static_cast<std::size_t>(k)];
      const bool is_empty = r.begin >= r.end || c.begin >= c.end;
      *y++ = is_empty ? T(0) : static_cast<T>(sum / divisor_of(r, c, divisor));
    }
  }
}

template <class T>
void spread_means(const T* g, T* dx, const Windows& w, std::int64_t divisor, std::vector<T>& row) {
  for (const Taps& r : w.rows) {
    std::fill(row.begin(), row.end(), T(0));
    for (const Taps& c : w.columns) {
      const T share = static_cast<T>(static_cast<double>(*g++) / divisor_of(r, c, divisor));
      for (std::int64_t k = c.begin; k < c.end; k += c.step) row[static_cast<std::size_t>(k)] += share;
    }
    for (std::int64_t h = r.begin; h < r.end; h += r.step) {
      for (std::int64_t i = 0; i < w.width; ++i) dx[h * w.width + i] += row[i];
    }
  }
}

}  // namespace

Tensor avg_pool(const Tensor& x, const Pooling& p) {
  const Tensor y = pooled(x, p, x.dtype());
  const Windows w(p);
  const bool is_whole = p.kernel[0] == 0 && w.out() == 1 && p.divisor == 0;
  visit_floating(x.dtype(), "avg_pool", [&]<class T>(T) {
    const std::int64_t size = w.height * w.width;
    if (is_whole)
      return for_each_plane(x, [&](std::int64_t plane) {
        const double sum = simd<T>().sum(elements<T>(x) + plane * size, size);
        elements<T>(y)[plane] = static_cast<T>(sum / static_cast<double>(size));
      });
    for_each_plane(x, [&](std::int64_t plane) {
      std::vector<double> row(static_cast<std::size_t>(w.width));
      means_of_plane(elements<T>(x) + plane * w.height * w.width, elements<T>(y) + plane * w.out(), w,
                     p.divisor, row);
    });
  });
  return y;
}

Tensor avg_pool_backward(const Tensor& g, const Pooling& p) {
  const Tensor dx = make_tensor({g.size(0), p.size[0], p.size[1]}, g.dtype());
  const Windows w(p);
  visit_floating(g.dtype(), "avg_pool", [&]<class T>(T) {
    for_each_plane(dx, [&](std::int64_t plane) {
      std::vector<T> row(static_cast<std::size_t>(w.width));
      T* const to = elements<T>(dx) + plane * w.height * w.width;
      std::fill_n(to, w.height * w.width, T(0));
      spread_means(elements<T>(g) + plane * w.out(), to, w, p.divisor, row);
    });
  });
  return dx;
}

}  // namespace xtape::kernels
