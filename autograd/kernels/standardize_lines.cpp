// Standardization of rows, with a weight for each column, and of columns.
#include <algorithm>
#include <vector>

#include "autograd/kernels/standardize_pass.hpp"

namespace xtape::kernels::standardizing {

template <class T>
void forward_rows(const Pass<T>& p) {
  const std::int64_t n = p.s.c;
  for_each(p.s.a * p.s.b, grain_of(n), [&](std::int64_t row) {
    double sums[2] = {};
    simd<T>().moments(p.x + row * n, n, static_cast<T>(p.shift_of(row)), sums);
    const Moments m = p.moments_of(row, sums);
    p.keep(row, m);
    const std::int64_t weights = row % p.s.b * n;
    simd<T>().standardize(p.x + row * n, p.w + weights, p.b + weights, p.y + row * n, n,
                          m.template standardized<T>());
  });
}

namespace {

/// The rows of the images from `begin` to `end`, whose gradients of the weights and biases are added to
/// sums {2, b c}: those of few images in T, and these in double.
template <class T>
void backward_some_rows(const Pass<T>& p, std::int64_t begin, std::int64_t end, double* sums) {
  constexpr std::int64_t kTogether = 16;
  const std::int64_t n = p.s.c, width = p.s.b * n;
  std::vector<T> block(static_cast<std::size_t>(2 * width));
  for (std::int64_t image = begin; image < end; ++image) {
    for (std::int64_t group = 0; group < p.s.b; ++group) {
      const std::int64_t row = image * p.s.b + group;
      const T *x = p.x + row * n, *g = p.g + row * n;
      double row_sums[4] = {};
      simd<T>().moments_beside(x, g, p.w + group * n, n, static_cast<T>(p.shift_of(row)), row_sums);
      const Moments m = p.moments_of(row, row_sums);
      T* dw = block.data() + group * n;
      simd<T>().standardize_backward_row({x, g, p.w + group * n, p.dx + row * n, dw, dw + width}, n,
                                         m.template backward<T>(row_sums[2], row_sums[3], n, p.how),
                                         m.template standardized<T>());
    }
    if ((image - begin) % kTogether == kTogether - 1 || image == end - 1) {
      std::transform(block.begin(), block.end(), sums, sums,
                     [](T part, double sum) { return sum + static_cast<double>(part); });
      std::fill(block.begin(), block.end(), T(0));
    }
  }
}

}  // namespace

template <class T>
void backward_rows(const Pass<T>& p) {
  const std::int64_t width = p.s.b * p.s.c, grain = std::max<std::int64_t>(16, grain_of(width)),
                     chunks = (p.s.a + grain - 1) / grain;
  std::vector<double> sums(static_cast<std::size_t>(2 * width * chunks));
  parallel_for(p.s.a, grain, [&](std::int64_t begin, std::int64_t end) {
    backward_some_rows(p, begin, end, &sums[static_cast<std::size_t>(begin / grain * 2 * width)]);
  });
  for (std::int64_t i = 0; i < 2 * width; ++i) {
    double sum = 0;
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
      sum += sums[static_cast<std::size_t>(chunk * 2 * width + i)];
    (i < width ? p.dw[i] : p.db[i - width]) = static_cast<T>(sum);
  }
}

namespace {

constexpr std::int64_t kColumns = 64;  // of one piece of work

/// f(first, count) for all columns in pieces, of which each thread takes some.
template <class F>
void for_each_columns(const Sizes& s, const F& f) {
  parallel_for(s.b, std::max(kColumns, grain_of(s.a)), [&](std::int64_t begin, std::int64_t end) {
    for (; begin < end; begin += kColumns) f(begin, std::min(kColumns, end - begin));
  });
}

/// The sums of the columns from `first` on, side by side so that loops over columns vectorise: of z = x -
/// shift, z^2, and beside a gradient d and d z.
struct ColumnSums {
  double shift[kColumns], sums[4][kColumns] = {};

  template <class T>
  ColumnSums(const Pass<T>& p, std::int64_t first, std::int64_t count) {
    std::copy_n(p.x + first, count, shift);
    for (std::int64_t row = 0; row < p.s.a; ++row) {
      const T* x = p.x + row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i) {
        const double z = static_cast<double>(x[i]) - shift[i];
        sums[0][i] += z;
        sums[1][i] += z * z;
      }
      if (!p.g) continue;
      const T* g = p.g + row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i) {
        const double d = static_cast<double>(g[i]);
        sums[2][i] += d;
        sums[3][i] += d * (static_cast<double>(x[i]) - shift[i]);
      }
    }
  }
  template <class T>
  Moments moments(const Pass<T>& p, std::int64_t i) const {
    const double both[2] = {sums[0][i], sums[1][i]};
    return {both, shift[i], p.s.a, p.how};
  }
};

}  // namespace

template <class T>
void forward_columns(const Pass<T>& p) {
  for_each_columns(p.s, [&](std::int64_t first, std::int64_t count) {
    const ColumnSums sums(p, first, count);
    T mean[kColumns], scale[kColumns], offset[kColumns];
    for (std::int64_t i = 0; i < count; ++i) {
      const Moments m = sums.moments(p, i);
      p.keep(first + i, m);
      const auto each = m.template standardized<T>(static_cast<double>(p.w[first + i]),
                                                   static_cast<double>(p.b[first + i]));
      mean[i] = each.mean;
      scale[i] = each.scale;
      offset[i] = each.offset;
    }
    for (std::int64_t row = 0; row < p.s.a; ++row) {
      const T* x = p.x + row * p.s.b + first;
      T* y = p.y + row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i) y[i] = (x[i] - mean[i]) * scale[i] + offset[i];
    }
  });
}

template <class T>
void backward_columns(const Pass<T>& p) {
  for_each_columns(p.s, [&](std::int64_t first, std::int64_t count) {
    const ColumnSums sums(p, first, count);
    T mean[kColumns], scale[kColumns], slope[kColumns], offset[kColumns];
    for (std::int64_t i = 0; i < count; ++i) {
      const Moments m = sums.moments(p, i);
      const double w = static_cast<double>(p.w[first + i]), gradients = sums.sums[2][i],
                   products = sums.sums[3][i];
      p.dw[first + i] = static_cast<T>(m.along(gradients, products));
      p.db[first + i] = static_cast<T>(gradients);
      const auto each = m.template backward<T>(gradients * w, products * w, p.s.a, p.how, w);
      mean[i] = each.mean;
      scale[i] = each.scale;
      slope[i] = each.slope;
      offset[i] = each.offset;
    }
    for (std::int64_t row = 0; row < p.s.a; ++row) {
      const T *x = p.x + row * p.s.b + first, *g = p.g + row * p.s.b + first;
      T* dx = p.dx + row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i)
        dx[i] = scale[i] * g[i] + slope[i] * (x[i] - mean[i]) + offset[i];
    }
  });
}

template void forward_rows(const Pass<float>&);
template void forward_rows(const Pass<double>&);
template void backward_rows(const Pass<float>&);
template void backward_rows(const Pass<double>&);
template void forward_columns(const Pass<float>&);
template void forward_columns(const Pass<double>&);
template void backward_columns(const Pass<float>&);
template void backward_columns(const Pass<double>&);

}  // namespace xtape::kernels::standardizing
