// The softmax family, row by row where a row lies in one piece, else over tiles of columns.
#include "autograd/kernels/softmax.hpp"

#include <algorithm>

#include "autograd/base/parallel.hpp"
#include "autograd/base/random.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/kernels/rows.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kTile =
    512;  // columns at once, so that a tile's rows stay in cache between its passes
constexpr std::int64_t kChunk = 16384;  // elements of one chunk of work

template <class T>
auto loop(Binary kind) {
  return simd<T>().binary[static_cast<std::size_t>(kind)];
}
template <class T>
auto loop(Unary kind) {
  return simd<T>().unary[static_cast<std::size_t>(kind)];
}

/// n rows of `width` elements, `stride` apart, the first at `at`.
struct Strip {
  std::int64_t at, n, stride, width;

  template <class F>
  void for_each_row(F&& f) const {
    for (std::int64_t r = 0; r < n; ++r) f(at + r * stride);
  }
};

/// Calls `rows(at, n)` for each row of x where they lie in one piece, else `columns(strip)` for tiles of
/// columns.
template <class Rowwise, class Columnwise>
void along(const Tensor& x, int dim, Rowwise&& rows, Columnwise&& columns) {
  if (x.numel() == 0) return;
  const Rows s = rows_along(x.shape(), dim);
  const std::int64_t tile = std::min(s.inner, kTile), tiles = (s.inner + tile - 1) / tile;
  parallel_for(s.outer * tiles, std::max<std::int64_t>(1, kChunk / (s.n * tile)),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t task = begin; task < end; ++task) {
                   const std::int64_t column = task % tiles * tile,
                                      at = task / tiles * s.n * s.inner + column;
                   if (s.inner == 1)
                     rows(at, s.n);
                   else
                     columns(Strip{at, s.n, s.inner, std::min(tile, s.inner - column)});
                 }
               });
}

/// total[i] = the sum of the column i of x, in double.
template <class T>
void sum_columns(const T* x, const Strip& s, double* total) {
  std::fill(total, total + s.width, 0.0);
  s.for_each_row([&](std::int64_t at) {
    for (std::int64_t i = 0; i < s.width; ++i) total[i] += static_cast<double>(x[at + i]);
  });
}

/// y = z or e^z, where z = x - the greatest of each column; total = the sums of e^z.
template <bool exponentials, class T>
void shift_columns(const T* x, T* y, const Strip& s, double* total) {
  T greatest[kTile], e[kTile];
  std::copy(x + s.at, x + s.at + s.width, greatest);
  s.for_each_row([&](std::int64_t at) { loop<T>(Binary::maximum)(greatest, x + at, greatest, s.width); });
  std::fill(total, total + s.width, 0.0);
  s.for_each_row([&](std::int64_t at) {
    loop<T>(Binary::sub)(x + at, greatest, y + at, s.width);
    loop<T>(Unary::exp)(y + at, e, s.width, T(0), T(0));
    if constexpr (exponentials) std::copy(e, e + s.width, y + at);
    for (std::int64_t i = 0; i < s.width; ++i) total[i] += static_cast<double>(e[i]);
  });
}

template <class T>
void softmax_columns(const T* x, T* y, const Strip& s) {
  double total[kTile];
  T scale[kTile];
  shift_columns<true>(x, y, s, total);
  std::transform(total, total + s.width, scale, [](double sum) { return static_cast<T>(1 / sum); });
  s.for_each_row([&](std::int64_t at) { loop<T>(Binary::mul)(y + at, scale, y + at, s.width); });
}

template <class T>
void log_softmax_columns(const T* x, T* y, const Strip& s) {
  double total[kTile];
  T log_total[kTile];
  shift_columns<false>(x, y, s, total);
  std::copy(total, total + s.width, log_total);
  loop<T>(Unary::log)(log_total, log_total, s.width, T(0), T(0));
  s.for_each_row([&](std::int64_t at) { loop<T>(Binary::sub)(y + at, log_total, y + at, s.width); });
}

template <class T>
void softmax_backward_columns(const T* y, const T* g, T* dx, const Strip& s) {
  double total[kTile];
  T sums[kTile];
  s.for_each_row([&](std::int64_t at) { loop<T>(Binary::mul)(y + at, g + at, dx + at, s.width); });
  sum_columns(dx, s, total);
  std::copy(total, total + s.width, sums);
  s.for_each_row([&](std::int64_t at) {
    loop<T>(Binary::sub)(g + at, sums, dx + at, s.width);
    loop<T>(Binary::mul)(dx + at, y + at, dx + at, s.width);
  });
}

template <class T>
void log_softmax_backward_columns(const T* y, const T* g, T* dx, const Strip& s) {
  double total[kTile];
  T sums[kTile];
  sum_columns(g, s, total);
  std::copy(total, total + s.width, sums);
  s.for_each_row([&](std::int64_t at) {
    loop<T>(Unary::exp)(y + at, dx + at, s.width, T(0), T(0));
    loop<T>(Binary::mul)(dx + at, sums, dx + at, s.width);
    loop<T>(Binary::sub)(g + at, dx + at, dx + at, s.width);
  });
}

}  // namespace

Tensor softmax(const Tensor& x, int dim) {
  const Tensor y = make_tensor_like(x);
  visit_floating(x.dtype(), "softmax", [&](auto zero) {
    using T = decltype(zero);
    const T* from = elements<T>(x);
    T* to = elements<T>(y);
    along(
        x, dim, [=](std::int64_t at, std::int64_t n) { simd<T>().softmax(from + at, to + at, n); },
        [=](const Strip& s) { softmax_columns(from, to, s); });
  });
  return y;
}

Tensor log_softmax(const Tensor& x, int dim) {
  const Tensor y = make_tensor_like(x);
  visit_floating(x.dtype(), "log_softmax", [&](auto zero) {
    using T = decltype(zero);
    const T* from = elements<T>(x);
    T* to = elements<T>(y);
    along(
        x, dim, [=](std::int64_t at, std::int64_t n) { simd<T>().log_softmax(from + at, to + at, n); },
        [=](const Strip& s) { log_softmax_columns(from, to, s); });
  });
  return y;
}

Tensor softmax_backward(const Tensor& y, const Tensor& g, int dim) {
  const Tensor dx = make_tensor_like(y);
  visit_floating(y.dtype(), "softmax_backward", [&](auto zero) {
    using T = decltype(zero);
    const T *ys = elements<T>(y), *gs = elements<T>(g);
    T* to = elements<T>(dx);
    along(
        y, dim,
        [=](std::int64_t at, std::int64_t n) { simd<T>().softmax_backward(ys + at, gs + at, to + at, n); },
        [=](const Strip& s) { softmax_backward_columns(ys, gs, to, s); });
  });
  return dx;
}

Tensor log_softmax_backward(const Tensor& y, const Tensor& g, int dim) {
  const Tensor dx = make_tensor_like(y);
  visit_floating(y.dtype(), "log_softmax_backward", [&](auto zero) {
    using T = decltype(zero);
    const T *ys = elements<T>(y), *gs = elements<T>(g);
    T* to = elements<T>(dx);
    along(
        y, dim,
        [=](std::int64_t at, std::int64_t n) {
          simd<T>().log_softmax_backward(ys + at, gs + at, to + at, n);
        },
        [=](const Strip& s) { log_softmax_backward_columns(ys, gs, to, s); });
  });
  return dx;
}

Tensor dropout_mask(const Shape& shape, DType dtype, double p, Generator& generator) {
  const Tensor mask = make_tensor(shape, dtype);
  visit_floating(dtype, "dropout", [&](auto zero) {
    using T = decltype(zero);
    T* m = elements<T>(mask);
    const T kept = static_cast<T>(1 / (1 - p)), limit = static_cast<T>(p);
    generator.fill_uniform(m, mask.numel());
    std::transform(m, m + mask.numel(), m, [=](T u) { return u < limit ? T(0) : kept; });
  });
  return mask;
}

}  // namespace xtape::kernels
