// The indices of extremes along one dim.
#include "autograd/kernels/along.hpp"

#include <algorithm>
#include <type_traits>

#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/simd/table.hpp"
#include "autograd/kernels/tiles.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

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

}  // namespace xtape::kernels
