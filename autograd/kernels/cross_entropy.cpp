// Cross-entropy over blocks of rows. Rows of ten classes are too short for vectors of their own: a block of
// short rows is turned, so that loops run down the columns.
#include "autograd/kernels/cross_entropy.hpp"

#include <algorithm>
#include <array>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kBlock = 1024;  // elements of a block, unless one row is longer
constexpr std::int64_t kShort = 32;    // rows up to this length are turned
constexpr std::int64_t kGrain = 1 << 15;

/// Scores {rows, classes}.
struct Size {
  std::int64_t rows, classes;
};

template <class T>
void unary(Unary kind, T* x, std::int64_t n) {
  simd<T>().unary[static_cast<std::size_t>(kind)](x, x, n, T(0), T(0));
}

/// x = x op y for n pairs.
template <class T>
void binary(Binary kind, T* x, const T* y, std::int64_t n) {
  simd<T>().binary[static_cast<std::size_t>(kind)](x, y, x, n);
}

/// Rows in their own order, each in loops of its own.
template <class T>
class LongRows {
 public:
  /// Works in `buffer`, which has room for the rows.
  LongRows(Size size, T* buffer) : size_(size), x_(buffer) {}

  /// Takes the scores, less the greatest of their row.
  void load(const T* x) {
    for_rows([&](std::int64_t r, T* row) {
      const T* from = x + r * size_.classes;
      const T greatest = static_cast<T>(simd<T>().max(from, size_.classes));
      simd<T>().binary_scalar[static_cast<std::size_t>(Binary::sub)](from, &greatest, row, size_.classes);
    });
  }
  T& at(std::int64_t row, std::int64_t label) { return x_[row * size_.classes + label]; }
  void exponentials() { unary(Unary::exp, x_, size_.rows * size_.classes); }
  void totals(T* out) {
    for_rows([&](std::int64_t r, T* row) { out[r] = static_cast<T>(simd<T>().sum(row, size_.classes)); });
  }
  void scale(const T* factors) {
    for_rows([&](std::int64_t r, T* row) {
      simd<T>().binary_scalar[static_cast<std::size_t>(Binary::mul)](row, factors + r, row, size_.classes);
    });
  }
  void store(T* out) {
    if (out != x_) std::copy_n(x_, size_.rows * size_.classes, out);
  }

 private:
  template <class F>
  void for_rows(const F& f) {
    for (std::int64_t r = 0; r < size_.rows; ++r) f(r, x_ + r * size_.classes);
  }

  Size size_;
  T* x_;
};

/// Rows that are turned: a column of each class.
template <class T>
class ShortRows {
 public:
  explicit ShortRows(Size size) : size_(size) {}

  void load(const T* x) {
    for_columns([&](std::int64_t c, T* column) {
      for (std::int64_t r = 0; r < size_.rows; ++r) column[r] = x[r * size_.classes + c];
    });
    std::array<T, kBlock> greatest;
    std::copy_n(x_.data(), size_.rows, greatest.data());
    for_columns([&](std::int64_t c, const T* column) {
      if (c > 0) binary(Binary::maximum, greatest.data(), column, size_.rows);
    });
    for_columns([&](std::int64_t, T* column) { binary(Binary::sub, column, greatest.data(), size_.rows); });
  }
  T& at(std::int64_t row, std::int64_t label) {
    return x_[static_cast<std::size_t>(label * size_.rows + row)];
  }
  void exponentials() { unary(Unary::exp, x_.data(), size_.rows * size_.classes); }
  void totals(T* out) {
    std::copy_n(x_.data(), size_.rows, out);
    for_columns([&](std::int64_t c, const T* column) {
      if (c > 0) binary(Binary::add, out, column, size_.rows);
    });
  }
  void scale(const T* factors) {
    for_columns([&](std::int64_t, T* column) { binary(Binary::mul, column, factors, size_.rows); });
  }
  void store(T* out) {
    for_columns([&](std::int64_t c, const T* column) {
      for (std::int64_t r = 0; r < size_.rows; ++r) out[r * size_.classes + c] = column[r];
    });
  }

 private:
  template <class F>
  void for_columns(const F& f) {
    for (std::int64_t c = 0; c < size_.classes; ++c) f(c, x_.data() + c * size_.rows);
  }

  Size size_;
  std::array<T, kBlock> x_;
};

/// losses of at most kBlock rows.
template <class T, class Rows>
void losses_of_block(const T* x, const std::int64_t* label, T* loss, Size size, Rows& rows) {
  std::array<T, kBlock> picked;
  rows.load(x);
  for (std::int64_t r = 0; r < size.rows; ++r) picked[static_cast<std::size_t>(r)] = rows.at(r, label[r]);
  rows.exponentials();
  rows.totals(loss);
  unary(Unary::log, loss, size.rows);
  binary(Binary::sub, loss, picked.data(), size.rows);
}

/// The gradients of at most kBlock rows, for gradients g of their losses that lie `stride` apart.
template <class T, class Rows>
void gradient_of_block(const T* x, const std::int64_t* label, const T* g, std::int64_t stride, T* dx,
                       Size size, Rows& rows) {
  std::array<T, kBlock> totals, factors;
  rows.load(x);
  rows.exponentials();
  rows.totals(totals.data());
  for (std::int64_t r = 0; r < size.rows; ++r) factors[static_cast<std::size_t>(r)] = g[r * stride];
  binary(Binary::div, factors.data(), totals.data(), size.rows);
  rows.scale(factors.data());
  for (std::int64_t r = 0; r < size.rows; ++r) rows.at(r, label[r]) -= g[r * stride];
  rows.store(dx);
}

/// Calls f with the form that suits rows of that size; `buffer()` gives long ones room.
template <class T, class Buffer, class F>
void with_rows(Size size, const Buffer& buffer, const F& f) {
  if (size.classes > kShort) {
    const auto room = buffer();
    LongRows<T> rows(size, room);
    f(rows);
  } else {
    ShortRows<T> rows(size);
    f(rows);
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
      Tensor scratch;
      const auto buffer = [&] {
        scratch = make_tensor({size.rows, size.classes}, x.dtype());
        return scratch.data<T>();
      };
      with_rows<T>(size, buffer, [&](auto& rows) {
        losses_of_block(from + row * size.classes, label + row, to + row, size, rows);
      });
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
      with_rows<T>(
          size, [&] { return to + at; },
          [&](auto& rows) {
            gradient_of_block(from + at, label + row, gradient + row * stride, stride, to + at, size, rows);
          });
    });
  });
  return dx;
}

}  // namespace xtape::kernels
