// What goes along one dim and keeps track of places: the indices of extremes, running sums.
#include "autograd/kernels/along.hpp"

#include <algorithm>
#include <type_traits>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/rows.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kTile = 1024;    // columns that are walked at once
constexpr std::int64_t kChunk = 65536;  // elements of one chunk of work

template <class T>
T* elements(const Tensor& x) {
  return reinterpret_cast<T*>(x.raw());
}

template <class T>
bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>) return x != x;
  return false;
}

/// Whether x takes the place of `best`, which came before it.
template <class T, bool greatest>
bool beats(T x, T best) {
  return (greatest ? best < x : x < best) || (is_nan(x) && !is_nan(best));
}

template <class T, bool greatest>
std::int64_t place_in_row(const T* x, std::int64_t n) {
  if constexpr (std::is_floating_point_v<T>) {
    const auto best = static_cast<T>(greatest ? simd<T>().max(x, n) : simd<T>().min(x, n));
    return (is_nan(best) ? std::find_if(x, x + n, is_nan<T>) : std::find(x, x + n, best)) - x;
  } else {
    return (greatest ? std::max_element(x, x + n) : std::min_element(x, x + n)) - x;
  }
}

/// Calls `walk(o, column, width)` for every tile of columns of every outer block.
template <class F>
void for_each_tile(const Rows& s, F&& walk) {
  const std::int64_t tile = std::min(s.inner, kTile), tiles = tile == 0 ? 0 : (s.inner + tile - 1) / tile;
  const std::int64_t task_size = std::max<std::int64_t>(1, s.n * tile);
  parallel_for(s.outer * tiles, std::max<std::int64_t>(1, kChunk / task_size),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t task = begin; task < end; ++task) {
                   const std::int64_t column = task % tiles * tile;
                   walk(task / tiles, column, std::min(tile, s.inner - column));
                 }
               });
}

template <class T, bool greatest>
void find_extrema(const T* x, T* values, std::int64_t* indices, const Rows& s) {
  for_each_tile(s, [=](std::int64_t o, std::int64_t column, std::int64_t width) {
    const T* row = x + o * s.n * s.inner + column;
    T* best = values + o * s.inner + column;
    std::int64_t* place = indices + o * s.inner + column;
    if (s.inner == 1) {
      *place = place_in_row<T, greatest>(row, s.n);
      *best = row[*place];
      return;
    }
    std::copy(row, row + width, best);
    std::fill(place, place + width, 0);
    for (std::int64_t r = 1; r < s.n; ++r) {
      row += s.inner;
      for (std::int64_t i = 0; i < width; ++i) {
        if (!beats<T, greatest>(row[i], best[i])) continue;
        best[i] = row[i];
        place[i] = r;
      }
    }
  });
}

template <class T, class Out>
void run_sums(const T* x, Out* y, const Rows& s) {
  using Acc = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
  for_each_tile(s, [=](std::int64_t o, std::int64_t column, std::int64_t width) {
    if (s.inner == 1) {
      std::transform(x + o * s.n, x + (o + 1) * s.n, y + o * s.n, [total = Acc(0)](T value) mutable {
        return static_cast<Out>(total += static_cast<Acc>(value));
      });
      return;
    }
    Acc acc[kTile];
    std::fill(acc, acc + width, Acc(0));
    for (std::int64_t r = 0; r < s.n; ++r) {
      const std::int64_t at = (o * s.n + r) * s.inner + column;
      for (std::int64_t i = 0; i < width; ++i) {
        acc[i] += static_cast<Acc>(x[at + i]);
        y[at + i] = static_cast<Out>(acc[i]);
      }
    }
  });
}

}  // namespace

std::array<Tensor, 2> extremum(bool greatest, const Tensor& x, int dim, const Shape& shape) {
  const Tensor values = make_tensor(shape, x.dtype()), indices = make_tensor(shape, kInt64);
  if (values.numel() == 0) return {values, indices};
  const Rows rows = rows_along(x.shape(), dim);
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const auto find = greatest ? find_extrema<T, true> : find_extrema<T, false>;
    find(elements<T>(x), elements<T>(values), elements<std::int64_t>(indices), rows);
  });
  return {values, indices};
}

Tensor cumsum(const Tensor& x, int dim) {
  const Tensor y = make_tensor(x.shape(), is_floating(x.dtype()) ? x.dtype() : kInt64);
  if (x.numel() == 0) return y;
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    using Out = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;
    run_sums(elements<T>(x), elements<Out>(y), rows_along(x.shape(), dim));
  });
  return y;
}

}  // namespace xtape::kernels
