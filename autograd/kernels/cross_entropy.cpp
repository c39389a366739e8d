// Cross-entropy over blocks of rows: a block is shifted by its rows' maxima, and one call of exp takes all of
// it, since rows of ten classes are too short for vectors of their own.
#include "autograd/kernels/cross_entropy.hpp"

#include <algorithm>
#include <array>

#include "autograd/kernels/simd_table.hpp"
#include "autograd/parallel.hpp"

namespace xtape::kernels {

namespace {

constexpr std::int64_t kBlock = 1024;  // elements of a block, unless one row is longer
constexpr std::int64_t kShort = 32;    // rows up to this length are folded by plain loops
constexpr std::int64_t kGrain = 1 << 15;

/// Scores {rows, classes}.
struct Size {
  std::int64_t rows, classes;
};

template <class T>
T greatest(const T* x, std::int64_t n) {
  if (n > kShort) return static_cast<T>(simd<T>().max(x, n));
  T best = x[0];
  for (std::int64_t i = 1; i < n; ++i) best = x[i] > best || x[i] != x[i] ? x[i] : best;  // NaN wins
  return best;
}

template <class T>
double total(const T* x, std::int64_t n) {
  if (n > kShort) return simd<T>().sum(x, n);
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(x[i]);
  return sum;
}

/// y = x - the greatest of its row.
template <class T>
void shift_rows(const T* x, T* y, Size size) {
  for (std::int64_t r = 0; r < size.rows; ++r, x += size.classes, y += size.classes) {
    const T shift = greatest(x, size.classes);
    if (size.classes > kShort) {
      simd<T>().binary_scalar[static_cast<std::size_t>(Binary::sub)](x, &shift, y, size.classes);
    } else {
      for (std::int64_t i = 0; i < size.classes; ++i) y[i] = x[i] - shift;
    }
  }
}

template <class T>
void exponentials(T* x, std::int64_t n) {
  simd<T>().unary[static_cast<std::size_t>(Unary::exp)](x, x, n, T(0), T(0));
}

/// losses of at most kBlock rows; `scratch` has room for them.
template <class T>
void losses_of_block(const T* x, const std::int64_t* label, T* loss, T* scratch, Size size) {
  std::array<T, kBlock> picked;
  shift_rows(x, scratch, size);
  for (std::int64_t r = 0; r < size.rows; ++r)
    picked[static_cast<std::size_t>(r)] = scratch[r * size.classes + label[r]];
  exponentials(scratch, size.rows * size.classes);
  for (std::int64_t r = 0; r < size.rows; ++r)
    loss[r] = static_cast<T>(total(scratch + r * size.classes, size.classes));
  simd<T>().unary[static_cast<std::size_t>(Unary::log)](loss, loss, size.rows, T(0), T(0));
  simd<T>().binary[static_cast<std::size_t>(Binary::sub)](loss, picked.data(), loss, size.rows);
}

template <class T>
void gradient_of_block(const T* x, const std::int64_t* label, const T* g, std::int64_t g_stride, T* dx,
                       Size size) {
  shift_rows(x, dx, size);
  exponentials(dx, size.rows * size.classes);
  for (std::int64_t r = 0; r < size.rows; ++r, dx += size.classes, g += g_stride) {
    const T scale = static_cast<T>(static_cast<double>(*g) / total(dx, size.classes));
    if (size.classes > kShort) {
      simd<T>().binary_scalar[static_cast<std::size_t>(Binary::mul)](dx, &scale, dx, size.classes);
    } else {
      for (std::int64_t i = 0; i < size.classes; ++i) dx[i] *= scale;
    }
    dx[label[r]] -= *g;
  }
}

/// Calls f(first row, size) for blocks of rows of x.
template <class F>
void for_each_block(const Tensor& x, const F& f) {
  if (x.numel() == 0) return;
  const std::int64_t rows = x.shape()[0], classes = x.shape()[1];
  const std::int64_t block = std::clamp<std::int64_t>(kBlock / classes, 1, kBlock);
  parallel_for(rows, std::max(block, kGrain / classes), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; row += block) f(row, Size{std::min(block, end - row), classes});
  });
}

}  // namespace

Tensor label_cross_entropy(const Tensor& x, const Tensor& labels) {
  Tensor losses = make_tensor({x.shape()[0]}, x.dtype());
  visit_floating(x.dtype(), "cross_entropy", [&](auto zero) {
    using T = decltype(zero);
    const T* from = x.data<T>();
    const auto* label = labels.data<std::int64_t>();
    T* to = losses.data<T>();
    for_each_block(x, [&](std::int64_t row, Size size) {
      const Tensor scratch = make_tensor({size.rows * size.classes}, x.dtype());
      losses_of_block(from + row * size.classes, label + row, to + row, scratch.data<T>(), size);
    });
  });
  return losses;
}

Tensor label_cross_entropy_backward(const Tensor& x, const Tensor& labels, const Tensor& g) {
  Tensor dx = make_tensor_like(x);
  visit_floating(x.dtype(), "cross_entropy", [&](auto zero) {
    using T = decltype(zero);
    const T *from = x.data<T>(), *gradient = reinterpret_cast<const T*>(g.raw());
    const std::int64_t stride = g.strides()[0];
    const auto* label = labels.data<std::int64_t>();
    T* to = dx.data<T>();
    for_each_block(x, [&](std::int64_t row, Size size) {
      const std::int64_t at = row * size.classes;
      gradient_of_block(from + at, label + row, gradient + row * stride, stride, to + at, size);
    });
  });
  return dx;
}

}  // namespace xtape::kernels
