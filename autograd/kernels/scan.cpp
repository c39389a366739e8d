// Scans: running sums, products, extremes, and first-order recurrences.
#include "autograd/kernels/scan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/tiles.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// y[i] = step(y[i - 1], x[i]) in Acc, beginning with `start`.
template <class Acc, class T, class Out, class Step>
void scan(const T* x, Out* y, const Rows& s, Acc start, const Step& step) {
  for_all_lanes(s, [=]<std::int64_t fixed>(const Lanes<fixed>& l) {
    const std::int64_t lanes = l.lanes(), apart = l.apart();
    Acc acc[Lanes<fixed>::most];
    std::fill(acc, acc + lanes, start);
    for (std::int64_t i = 0; i < l.steps; ++i) {
      const std::int64_t at = l.first + i * l.step_size;
      for (std::int64_t lane = 0; lane < lanes; ++lane) {
        acc[lane] = step(acc[lane], static_cast<Acc>(x[at + lane * apart]));
        y[at + lane * apart] = static_cast<Out>(acc[lane]);
      }
    }
  });
}

/// Sums and products: integers wrap in int64.
template <class Step>
Tensor fold_along(const Tensor& x, int dim, int start, const Step& step) {
  const Tensor y = make_tensor(x.shape(), is_floating(x.dtype()) ? x.dtype() : kInt64);
  if (x.numel() == 0) return y;
  visit(x.dtype(), [&]<class T>(T) {
    using Out = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;
    using Acc = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
    scan(elements<T>(x), elements<Out>(y), rows_along(x.shape(), dim), static_cast<Acc>(start), step);
  });
  return y;
}

double log_add_exp(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return a + b;
  const double greater = std::max(a, b), less = std::min(a, b);
  return std::isinf(greater) ? greater : greater + std::log1p(std::exp(less - greater));
}

template <class T, bool greatest>
void run_extremes(const T* x, T* values, std::int64_t* indices, const Rows& s) {
  const auto takes_over = [](T now, T best) {
    if constexpr (std::is_floating_point_v<T>) {
      if (now != now) return true;
      if (best != best) return false;
    }
    return greatest ? now >= best : now <= best;
  };
  for_each_tile(s, [=](std::int64_t o, std::int64_t column, std::int64_t width) {
    for (std::int64_t r = 0; r < s.n; ++r) {
      const std::int64_t at = (o * s.n + r) * s.inner + column;
      for (std::int64_t i = at; i < at + width; ++i) {
        const bool wins = r == 0 || takes_over(x[i], values[i - s.inner]);
        values[i] = wins ? x[i] : values[i - s.inner];
        indices[i] = wins ? r : indices[i - s.inner];
      }
    }
  });
}

template <class T>
void run_recurrence(const T* x, const T* a, T* y, const Rows& s, bool reversed) {
  for_all_lanes(s, [=]<std::int64_t fixed>(const Lanes<fixed>& l) {
    const std::int64_t lanes = l.lanes(), apart = l.apart();
    double acc[Lanes<fixed>::most];
    std::fill(acc, acc + lanes, 0.0);
    for (std::int64_t k = 0; k < l.steps; ++k) {
      const std::int64_t at = l.first + (reversed ? l.steps - 1 - k : k) * l.step_size;
      const std::int64_t factor = at + (reversed && k > 0 ? l.step_size : 0);
      for (std::int64_t lane = 0; lane < lanes; ++lane) {
        const double before = k == 0 ? 0 : static_cast<double>(a[factor + lane * apart]) * acc[lane];
        acc[lane] = static_cast<double>(x[at + lane * apart]) + before;
        y[at + lane * apart] = static_cast<T>(acc[lane]);
      }
    }
  });
}

}  // namespace

Tensor cumsum(const Tensor& x, int dim) {
  return fold_along(x, dim, 0, [](auto a, auto b) { return a + b; });
}

Tensor cumprod(const Tensor& x, int dim) {
  return fold_along(x, dim, 1, [](auto a, auto b) { return a * b; });
}

Tensor logcumsumexp(const Tensor& x, int dim) {
  const Tensor y = make_tensor_like(x);
  if (x.numel() == 0) return y;
  visit_floating(x.dtype(), "logcumsumexp", [&]<class T>(T) {
    scan(elements<T>(x), elements<T>(y), rows_along(x.shape(), dim), -std::numeric_limits<double>::infinity(),
         [](double a, double b) { return log_add_exp(a, b); });
  });
  return y;
}

std::array<Tensor, 2> cumextremum(bool greatest, const Tensor& x, int dim) {
  const Tensor values = make_tensor_like(x), indices = make_tensor(x.shape(), kInt64);
  if (x.numel() == 0) return {values, indices};
  visit(x.dtype(), [&]<class T>(T) {
    const auto run = greatest ? run_extremes<T, true> : run_extremes<T, false>;
    run(elements<T>(x), elements<T>(values), elements<std::int64_t>(indices), rows_along(x.shape(), dim));
  });
  return {values, indices};
}

Tensor recurrence(const Tensor& x, const Tensor& a, int dim, bool reversed) {
  const Tensor y = make_tensor_like(x);
  if (x.numel() == 0) return y;
  visit_floating(x.dtype(), "recurrence", [&]<class T>(T) {
    run_recurrence(elements<T>(x), elements<T>(a), elements<T>(y), rows_along(x.shape(), dim), reversed);
  });
  return y;
}

}  // namespace xtape::kernels
