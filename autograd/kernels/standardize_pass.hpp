// What the loops of standardization share: how x is seen, and what becomes of the sums of one statistic.
// Included by the sources of standardization alone.
#pragma once

#include <cmath>

#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/simd/table.hpp"
#include "autograd/kernels/standardize.hpp"

namespace xtape::kernels::standardizing {

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

inline Sizes sizes_of(const Tensor& x, const Standardizing& how) {
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
  const T *x = nullptr, *w = nullptr, *b = nullptr, *g = nullptr;
  T *y = nullptr, *mean = nullptr, *variance = nullptr, *dx = nullptr, *dw = nullptr, *db = nullptr;

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

template <class T>
void forward_segments(const Pass<T>& p);
template <class T>
void backward_segments(const Pass<T>& p);
template <class T>
void forward_rows(const Pass<T>& p);
template <class T>
void backward_rows(const Pass<T>& p);
template <class T>
void forward_columns(const Pass<T>& p);
template <class T>
void backward_columns(const Pass<T>& p);

}  // namespace xtape::kernels::standardizing
