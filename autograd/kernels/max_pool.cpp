// Maxima of windows by whole rows: what the rows of a window make together is one row, of which each window
// takes its columns.
#include "autograd/kernels/pool_windows.hpp"

namespace xtape::kernels {

using namespace detail;
using namespace pooling;

namespace {

/// Whether the search goes on from `value`: the greatest, the first of equal ones, the last NaN.
template <class T>
bool takes_over(T value, T best) {
  return static_cast<bool>(int{value > best} | int{value != value});  // no branch, so that loops vectorise
}
template <class T>
T greater(T best, T value) {
  return takes_over(value, best) ? value : best;
}

template <class T>
void max_of_plane(const T* x, T* y, const Windows& w, std::vector<T>& row) {
  for (const Taps& r : w.rows) {
    std::copy_n(x + r.begin * w.width, w.width, row.data());
    for (std::int64_t h = r.begin + r.step; h < r.end; h += r.step) {
      for (std::int64_t i = 0; i < w.width; ++i) row[i] = greater(row[i], x[h * w.width + i]);
    }
    const auto out = std::ssize(w.columns);
    if (w.are_pairs) {
      const T* from = row.data();
      for (std::int64_t i = 0; i < out; ++i) y[i] = greater(from[2 * i], from[2 * i + 1]);
    } else {
      for (std::int64_t i = 0; i < out; ++i) {
        const Taps& c = w.columns[static_cast<std::size_t>(i)];
        T best = row[static_cast<std::size_t>(c.begin)];
        for (std::int64_t k = c.begin + c.step; k < c.end; k += c.step)
          best = greater(best, row[static_cast<std::size_t>(k)]);
        y[i] = best;
      }
    }
    y += out;
  }
}

/// The greatest of some rows at each column, and in which row it stands.
template <class T>
struct GreatestRows {
  std::vector<T> values;
  std::vector<std::int32_t> rows;

  explicit GreatestRows(std::int64_t width)
      : values(static_cast<std::size_t>(width)), rows(static_cast<std::size_t>(width)) {}

  void take(const T* x, const Taps& taps) {
    const auto width = std::ssize(values);
    T* const best = values.data();
    std::int32_t* const at = rows.data();
    std::copy_n(x + taps.begin * width, width, best);
    std::fill_n(at, width, static_cast<std::int32_t>(taps.begin));
    for (std::int64_t h = taps.begin + taps.step; h < taps.end; h += taps.step) {
      const T* const row = x + h * width;
      for (std::int64_t i = 0; i < width; ++i) {
        const bool wins = takes_over(row[i], best[i]);
        best[i] = wins ? row[i] : best[i];
        at[i] = wins ? static_cast<std::int32_t>(h) : at[i];
      }
    }
  }
  /// The column of the greatest of a window. Of equal ones that of the first row, of NaN that of the last.
  std::int64_t column_of(const Taps& taps) const {
    std::int64_t best = taps.begin;
    for (std::int64_t k = best + taps.step; k < taps.end; k += taps.step) {
      const auto i = static_cast<std::size_t>(k), b = static_cast<std::size_t>(best);
      const T value = values[i], greatest = values[b];
      const bool wins = value != value      ? greatest == greatest || rows[i] >= rows[b]
                        : greatest == value ? rows[i] < rows[b]
                                            : value > greatest;
      if (wins) best = k;
    }
    return best;
  }
};

/// f(output, place of the greatest) for each window of a plane.
template <class T, class F>
void for_each_greatest(const T* x, const Windows& w, const F& f) {
  GreatestRows<T> greatest(w.width);
  std::int64_t output = 0;
  for (const Taps& r : w.rows) {
    greatest.take(x, r);
    for (const Taps& c : w.columns) {
      const std::int64_t column = greatest.column_of(c);
      f(output++, greatest.rows[static_cast<std::size_t>(column)] * w.width + column);
    }
  }
}

/// Windows of two by two that share nothing: each pair of rows at once, without branches.
template <class T>
void spread_over_squares(const T* __restrict x, const T* __restrict g, T* __restrict dx, std::int64_t width,
                         std::int64_t out) {
  const T* __restrict below = x + width;
  T* __restrict dx_below = dx + width;
  for (std::int64_t i = 0; i < out; ++i) {
    const T gradient = g[i];
    T best = x[2 * i], place = 0;
    const auto visit = [&](T value, T at) {
      const bool wins = takes_over(value, best);
      best = wins ? value : best;
      place = wins ? at : place;
    };
    visit(x[2 * i + 1], 1);
    visit(below[2 * i], 2);
    visit(below[2 * i + 1], 3);
    dx[2 * i] = place == 0 ? gradient : T(0);
    dx[2 * i + 1] = place == 1 ? gradient : T(0);
    dx_below[2 * i] = place == 2 ? gradient : T(0);
    dx_below[2 * i + 1] = place == 3 ? gradient : T(0);
  }
}

bool are_squares(const Pooling& p, const Windows& w) {
  return w.are_pairs && p.kernel[0] == 2 && p.stride[0] == 2 && p.padding[0] == 0 && p.dilation[0] == 1 &&
         2 * p.out[0] <= p.size[0];
}

}  // namespace

Tensor max_pool(const Tensor& x, const Pooling& p) {
  const Tensor y = pooled(x, p, x.dtype());
  const Windows w = Windows(p).checked();
  visit_floating(x.dtype(), "max_pool", [&]<class T>(T) {
    for_each_plane(x, [&](std::int64_t plane) {
      std::vector<T> row(static_cast<std::size_t>(w.width));
      max_of_plane(elements<T>(x) + plane * w.height * w.width, elements<T>(y) + plane * w.out(), w, row);
    });
  });
  return y;
}

Tensor max_pool_indices(const Tensor& x, const Pooling& p) {
  const Tensor indices = pooled(x, p, kInt64);
  const Windows w = Windows(p).checked();
  visit_floating(x.dtype(), "max_pool", [&]<class T>(T) {
    for_each_plane(x, [&](std::int64_t plane) {
      std::int64_t* const to = elements<std::int64_t>(indices) + plane * w.out();
      for_each_greatest(elements<T>(x) + plane * w.height * w.width, w,
                        [=](std::int64_t output, std::int64_t place) { to[output] = place; });
    });
  });
  return indices;
}

Tensor max_pool_backward(const Tensor& x, const Tensor& g, const Pooling& p) {
  const Tensor dx = make_tensor_like(x);
  const Windows w = Windows(p).checked();
  const bool squares = are_squares(p, w);
  visit_floating(x.dtype(), "max_pool", [&]<class T>(T) {
    for_each_plane(x, [&](std::int64_t plane) {
      const T *from = elements<T>(x) + plane * w.height * w.width,
              *gradients = elements<T>(g) + plane * w.out();
      T* const to = elements<T>(dx) + plane * w.height * w.width;
      if (!squares || 2 * p.out[0] < w.height || 2 * p.out[1] < w.width)
        std::fill_n(to, w.height * w.width, T(0));
      if (!squares)
        return for_each_greatest(
            from, w, [=](std::int64_t output, std::int64_t place) { to[place] += gradients[output]; });
      for (std::int64_t r = 0; r < p.out[0]; ++r)
        spread_over_squares(from + 2 * r * w.width, gradients + r * p.out[1], to + 2 * r * w.width, w.width,
                            p.out[1]);
    });
  });
  return dx;
}

}  // namespace xtape::kernels
