// Standardization. Elements that share a mean, a variance, a weight and a bias are a segment where they are
// neighbours; else they are seen as rows, with a weight for each column, or as columns. Sums are in double,
// of differences from one of the elements: the variance keeps its digits wherever the mean is.
#include "autograd/kernels/standardize.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

struct Sizes {
  std::int64_t a, b, c, d;
  bool across;

  std::int64_t segments() const { return a * b * c; }
  std::int64_t statistics() const { return across ? b : a * b; }
  std::int64_t elements_each() const { return (across ? a : 1) * c * d; }
  std::int64_t statistic_of(std::int64_t segment) const { return segment / c % statistics(); }
  std::int64_t weight_of(std::int64_t segment) const { return segment % (b * c); }
  bool are_rows() const { return d == 1 && !across; }
  bool are_columns() const { return d == 1 && across && c == 1; }
};

Sizes sizes_of(const Tensor& x, const Standardizing& how) {
  return {x.size(0), x.size(1), x.size(2), x.size(3), how.across};
}

/// One mean and variance, from sums of n differences from `shift` and of their squares.
struct Moments {
  double shift = 0, mean = 0, variance = 0, rstd = 0;

  Moments(const double* sums, double from, std::int64_t n, const Standardizing& how) : shift(from) {
    const double apart = how.centred ? sums[0] / static_cast<double>(n) : 0;
    mean = shift + apart;
    variance = sums[1] / static_cast<double>(n) - apart * apart;
    if (variance < 0) variance = 0;  // NaN stays
    rstd = 1 / std::sqrt(variance + how.eps);
  }

  /// (x - mean) rstd w + b
  template <class T>
  Standardized<T> standardized(double w = 1, double b = 0) const {
    const T rounded = static_cast<T>(mean);
    return {rounded, static_cast<T>(rstd * w),
            static_cast<T>(b + (static_cast<double>(rounded) - mean) * rstd * w)};
  }
  /// The sum of g (x - mean) rstd, from those of g and of g (x - shift).
  double along(double gradients, double products) const {
    return rstd * (products - (mean - shift) * gradients);
  }
  /// rstd (d - mean(d) - z mean(d z)), from the sums of d and of d (x - shift); d = g w
  template <class T>
  StandardizedBackward<T> backward(double gradients, double products, std::int64_t n,
                                   const Standardizing& how, double w = 1) const {
    const T rounded = static_cast<T>(mean);
    const double slope = -rstd * rstd * along(gradients, products) / static_cast<double>(n);
    const double level = how.centred ? -rstd * gradients / static_cast<double>(n) : 0;
    return {rounded, static_cast<T>(rstd * w), static_cast<T>(slope),
            static_cast<T>(level + slope * (static_cast<double>(rounded) - mean))};
  }
};

/// What the loops read and write; null where a pass has none of it.
template <class T>
struct Pass {
  Sizes s;
  Standardizing how;
  const T *x, *w, *b, *g;
  T *y, *mean, *variance, *dx, *dw, *db;

  double shift_of(std::int64_t statistic) const {
    return how.centred ? static_cast<double>(x[statistic * s.c * s.d]) : 0;
  }
  Moments moments_of(std::int64_t statistic, const double* sums) const {
    return {sums, shift_of(statistic), s.elements_each(), how};
  }
  void keep(std::int64_t statistic, const Moments& m) const {
    mean[statistic] = static_cast<T>(m.mean);
    variance[statistic] = static_cast<T>(m.variance);
  }
};

template <class F>
void for_each(std::int64_t n, std::int64_t grain, const F& f) {
  parallel_for(n, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) f(i);
  });
}

/// `count` sums for each segment, by `add(segment, sums)`.
template <int count, class F>
std::vector<double> segment_sums(const Sizes& s, const F& add) {
  std::vector<double> sums(static_cast<std::size_t>(count * s.segments()));
  for_each(s.segments(), grain_of(s.d),
           [&](std::int64_t i) { add(i, &sums[static_cast<std::size_t>(count * i)]); });
  return sums;
}

template <class T>
void forward_segments(const Pass<T>& p) {
  const Sizes& s = p.s;
  const std::vector<double> sums = segment_sums<2>(s, [&](std::int64_t i, double* sum) {
    simd<T>().moments(p.x + i * s.d, s.d, static_cast<T>(p.shift_of(s.statistic_of(i))), sum);
  });
  std::vector<double> totals(static_cast<std::size_t>(2 * s.statistics()));
  for (std::int64_t i = 0; i < s.segments(); ++i) {
    for (int k = 0; k < 2; ++k)
      totals[static_cast<std::size_t>(2 * s.statistic_of(i) + k)] +=
          sums[static_cast<std::size_t>(2 * i + k)];
  }
  std::vector<Moments> moments;
  moments.reserve(static_cast<std::size_t>(s.statistics()));
  for (std::int64_t k = 0; k < s.statistics(); ++k)
    p.keep(k, moments.emplace_back(p.moments_of(k, &totals[static_cast<std::size_t>(2 * k)])));
  for_each(s.segments(), grain_of(s.d), [&](std::int64_t i) {
    const Moments& m = moments[static_cast<std::size_t>(s.statistic_of(i))];
    const std::int64_t weight = s.weight_of(i);
    simd<T>().standardize(
        p.x + i * s.d, nullptr, nullptr, p.y + i * s.d, s.d,
        m.template standardized<T>(static_cast<double>(p.w[weight]), static_cast<double>(p.b[weight])));
  });
}

template <class T>
void backward_segments(const Pass<T>& p) {
  const Sizes& s = p.s;
  const std::vector<double> sums = segment_sums<4>(s, [&](std::int64_t i, double* sum) {
    simd<T>().moments_beside(p.x + i * s.d, p.g + i * s.d, nullptr, s.d,
                             static_cast<T>(p.shift_of(s.statistic_of(i))), sum);
  });
  std::vector<double> totals(static_cast<std::size_t>(4 * s.statistics()));
  for (std::int64_t i = 0; i < s.segments(); ++i) {
    const double w = static_cast<double>(p.w[s.weight_of(i)]);
    for (int k = 0; k < 4; ++k)
      totals[static_cast<std::size_t>(4 * s.statistic_of(i) + k)] +=
          sums[static_cast<std::size_t>(4 * i + k)] * (k < 2 ? 1 : w);
  }
  std::vector<double> dw(static_cast<std::size_t>(s.b * s.c)), db(dw);
  std::vector<Moments> moments;
  moments.reserve(static_cast<std::size_t>(s.statistics()));
  for (std::int64_t k = 0; k < s.statistics(); ++k)
    moments.push_back(p.moments_of(k, &totals[static_cast<std::size_t>(4 * k)]));
  for (std::int64_t i = 0; i < s.segments(); ++i) {
    const double* sum = &sums[static_cast<std::size_t>(4 * i)];
    const auto weight = static_cast<std::size_t>(s.weight_of(i));
    dw[weight] += moments[static_cast<std::size_t>(s.statistic_of(i))].along(sum[2], sum[3]);
    db[weight] += sum[2];
  }
  std::copy(dw.begin(), dw.end(), p.dw);
  std::copy(db.begin(), db.end(), p.db);
  for_each(s.segments(), grain_of(s.d), [&](std::int64_t i) {
    const std::int64_t statistic = s.statistic_of(i);
    const double* total = &totals[static_cast<std::size_t>(4 * statistic)];
    simd<T>().standardize_backward(
        p.x + i * s.d, p.g + i * s.d, nullptr, p.dx + i * s.d, s.d,
        moments[static_cast<std::size_t>(statistic)].template backward<T>(
            total[2], total[3], s.elements_each(), p.how, static_cast<double>(p.w[s.weight_of(i)])));
  });
}

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

constexpr std::int64_t kColumns = 64;  // of one piece of work

/// f(first, count) for all columns in pieces, of which each thread takes some.
template <class F>
void for_each_columns(const Sizes& s, const F& f) {
  parallel_for(s.b, std::max(kColumns, grain_of(s.a)), [&](std::int64_t begin, std::int64_t end) {
    for (; begin < end; begin += kColumns) f(begin, std::min(kColumns, end - begin));
  });
}

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

}  // namespace

std::array<Tensor, 3> standardize(const Tensor& x, const Tensor& w, const Tensor& b,
                                  const Standardizing& how) {
  const Sizes s = sizes_of(x, how);
  const Shape each{how.across ? 1 : s.a, s.b, 1, 1};
  const Tensor y = make_tensor_like(x), mean = make_tensor(each, x.dtype()),
               variance = make_tensor_like(mean);
  visit_floating(x.dtype(), "standardize", [&]<class T>(T) {
    std::fill_n(elements<T>(mean), x.numel() == 0 ? mean.numel() : 0, T(0));
    std::fill_n(elements<T>(variance), x.numel() == 0 ? mean.numel() : 0, T(0));
    if (x.numel() == 0) return;
    const Pass<T> p{.s = s,
                    .how = how,
                    .x = elements<T>(x),
                    .w = elements<T>(w),
                    .b = elements<T>(b),
                    .g = nullptr,
                    .y = elements<T>(y),
                    .mean = elements<T>(mean),
                    .variance = elements<T>(variance),
                    .dx = nullptr,
                    .dw = nullptr,
                    .db = nullptr};
    s.are_rows() ? forward_rows(p) : s.are_columns() ? forward_columns(p) : forward_segments(p);
  });
  return {y, mean, variance};
}

std::array<Tensor, 3> standardize_backward(const Tensor& x, const Tensor& w, const Tensor& g,
                                           const Standardizing& how) {
  const Sizes s = sizes_of(x, how);
  const Tensor dx = make_tensor_like(x), dw = make_tensor_like(w), db = make_tensor_like(w);
  visit_floating(x.dtype(), "standardize", [&]<class T>(T) {
    std::fill_n(elements<T>(dw), x.numel() == 0 ? w.numel() : 0, T(0));
    std::fill_n(elements<T>(db), x.numel() == 0 ? w.numel() : 0, T(0));
    if (x.numel() == 0) return;
    const Pass<T> p{.s = s,
                    .how = how,
                    .x = elements<T>(x),
                    .w = elements<T>(w),
                    .b = nullptr,
                    .g = elements<T>(g),
                    .y = nullptr,
                    .mean = nullptr,
                    .variance = nullptr,
                    .dx = elements<T>(dx),
                    .dw = elements<T>(dw),
                    .db = elements<T>(db)};
    s.are_rows() ? backward_rows(p) : s.are_columns() ? backward_columns(p) : backward_segments(p);
  });
  return {dx, dw, db};
}

Tensor channel_affine(const Tensor& x, const Tensor& w, const Tensor& b) {
  const Tensor y = make_tensor_like(x);
  if (x.numel() == 0) return y;
  const std::int64_t channels = x.size(1), d = x.size(2);
  visit_floating(x.dtype(), "channel_affine", [&]<class T>(T) {
    const T *from = elements<T>(x), *scale = elements<T>(w), *offset = elements<T>(b);
    T* to = elements<T>(y);
    if (d == 1)
      for_each(x.size(0), grain_of(channels), [=](std::int64_t row) {
        const std::int64_t at = row * channels;
        simd<T>().standardize(from + at, scale, offset, to + at, channels, {T(0), T(1), T(0)});
      });
    else
      for_each(x.size(0) * channels, grain_of(d), [=](std::int64_t i) {
        simd<T>().standardize(from + i * d, nullptr, nullptr, to + i * d, d,
                              {T(0), scale[i % channels], offset[i % channels]});
      });
  });
  return y;
}

}  // namespace xtape::kernels
