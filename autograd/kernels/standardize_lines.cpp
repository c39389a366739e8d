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
      simd<T>().standardize_backward(x, g, p.w + group * n, p.dx + row * n, n,
                                     m.template backward<T>(row_sums[2], row_sums[3], n, p.how));
      T* dw = block.data() + group * n;
      simd<T>().add_affine_gradients(x, g, dw, dw + width, n, m.template standardized<T>());
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

}  // namespace

template <class T>
void forward_columns(const Pass<T>& p) {
  for_each_columns(p.s, [&](std::int64_t first, std::int64_t count) {
    double sums[kColumns][2] = {};
    Standardized<T> each[kColumns];
    for (std::int64_t row = 0; row < p.s.a; ++row) {
      const T* x = p.x + row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i) {
        const double z = static_cast<double>(x[i]) - p.shift_of(first + i);
        sums[i][0] += z;
        sums[i][1] += z * z;
      }
    }
    for (std::int64_t i = 0; i < count; ++i) {
      const Moments m = p.moments_of(first + i, sums[i]);
      p.keep(first + i, m);
      each[i] = m.template standardized<T>(static_cast<double>(p.w[first + i]),
                                           static_cast<double>(p.b[first + i]));
    }
    for (std::int64_t row = 0; row < p.s.a; ++row) {
      const std::int64_t at = row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i)
        p.y[at + i] = (p.x[at + i] - each[i].mean) * each[i].scale + each[i].offset;
    }
  });
}

template <class T>
void backward_columns(const Pass<T>& p) {
  for_each_columns(p.s, [&](std::int64_t first, std::int64_t count) {
    double sums[kColumns][4] = {};
    StandardizedBackward<T> each[kColumns];
    for (std::int64_t row = 0; row < p.s.a; ++row) {
      const T *x = p.x + row * p.s.b + first, *g = p.g + row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i) {
        const double z = static_cast<double>(x[i]) - p.shift_of(first + i), d = static_cast<double>(g[i]);
        sums[i][0] += z;
        sums[i][1] += z * z;
        sums[i][2] += d;
        sums[i][3] += d * z;
      }
    }
    for (std::int64_t i = 0; i < count; ++i) {
      const Moments m = p.moments_of(first + i, sums[i]);
      const double w = static_cast<double>(p.w[first + i]);
      p.dw[first + i] = static_cast<T>(m.along(sums[i][2], sums[i][3]));
      p.db[first + i] = static_cast<T>(sums[i][2]);
      each[i] = m.template backward<T>(sums[i][2] * w, sums[i][3] * w, p.s.a, p.how, w);
    }
    for (std::int64_t row = 0; row < p.s.a; ++row) {
      const std::int64_t at = row * p.s.b + first;
      for (std::int64_t i = 0; i < count; ++i)
        p.dx[at + i] =
            each[i].scale * p.g[at + i] + each[i].slope * (p.x[at + i] - each[i].mean) + each[i].offset;
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
