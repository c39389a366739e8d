// Sums and their like, and the softmax family, along rows and along columns.
#include "benchmarks/accuracy/reductions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace xtape;

namespace bench {

namespace {

template <class W>
W total(std::span<const W> x) {
  return std::accumulate(x.begin(), x.end(), W(0));
}

template <class W>
W total_magnitude(std::span<const W> x) {
  return std::accumulate(x.begin(), x.end(), W(0), [](W sum, W v) { return sum + std::abs(v); });
}

template <class W>
W squares(std::span<const W> x, W mean) {
  return std::accumulate(x.begin(), x.end(), W(0), [=](W sum, W v) { return sum + (v - mean) * (v - mean); });
}

/// The variance, and the natural scale of its error: the mean that is subtracted carries an error of sqrt(K)
/// eps |mean|.
template <class T>
struct Variance {
  explicit Variance(Line<T> x)
      : mean(total(x) / Wide<T>(x.size())),
        value(squares(x, mean) / Wide<T>(x.size())),
        scale(value + std::sqrt(Wide<T>(x.size())) * std::numeric_limits<T>::epsilon() * mean * mean) {}

  Wide<T> mean, value, scale;
};

template <class T>
std::vector<Reduction<T>> sums() {
  using W = Wide<T>;
  using L = Line<T>;
  using E = Exact<T>;
  return {
      {"sum", [](const Tensor& x, std::int64_t dim) { return sum(x, dim); },
       [](L x, std::size_t, E& e) { e.add(total(x), total_magnitude(x)); }},
      {"mean", [](const Tensor& x, std::int64_t dim) { return mean(x, dim); },
       [](L x, std::size_t, E& e) { e.add(total(x) / W(x.size()), total_magnitude(x) / W(x.size())); }},
      {"var", [](const Tensor& x, std::int64_t dim) { return var(x, dim, VarOptions{.correction = 0}); },
       [](L x, std::size_t, E& e) {
         const Variance<T> v(x);
         e.add(v.value, v.scale);
       }},
      {"std",
       [](const Tensor& x, std::int64_t dim) { return xtape::std(x, dim, VarOptions{.correction = 0}); },
       [](L x, std::size_t, E& e) {
         const Variance<T> v(x);
         const W root = std::sqrt(v.value);
         e.add(root, std::fmin(v.scale / root, std::abs(v.mean) + root));
       }},
      {"norm", [](const Tensor& x, std::int64_t dim) { return norm(x, 2, dim); },
       [](L x, std::size_t, E& e) { e.add(std::sqrt(squares(x, W(0))), std::sqrt(squares(x, W(0)))); }},
      {"norm, p = 1", [](const Tensor& x, std::int64_t dim) { return norm(x, 1, dim); },
       [](L x, std::size_t, E& e) { e.add(total_magnitude(x), total_magnitude(x)); }},
      {"cumsum", [](const Tensor& x, std::int64_t dim) { return cumsum(x, dim); },
       [](L x, std::size_t, E& e) {
         W sum = 0, magnitude = 0;
         for (const W v : x) e.add(sum += v, magnitude += std::abs(v));
       }},
      {"prod", [](const Tensor& x, std::int64_t dim) { return prod(x, dim); },
       [](L x, std::size_t, E& e) {
         const W p = std::accumulate(x.begin(), x.end(), W(1), std::multiplies<>());
         e.add(p, std::abs(p));
       },
       true,
       [](const Tensor& x) {  // from e^-30 to e^30
         return exp(sin(x) * std::min(0.5, 30.0 / static_cast<double>(x.size(1))));
       }},
  };
}

template <class T>
Exact<T> exact_of(const Reduction<T>& reduction, const Tensor& rows) {
  const std::vector<T> values = rows.to_vector<T>();
  const std::vector<Wide<T>> wide(values.begin(), values.end());
  const auto n = static_cast<std::size_t>(rows.size(1));
  Exact<T> exact;
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows.size(0)); ++r)
    reduction.exact(Line<T>(wide).subspan(r * n, n), r, exact);
  return exact;
}

template <class T>
void sweep_reduction(const Reduction<T>& reduction, const std::vector<std::int64_t>& sizes, Table& table) {
  const DType dtype = std::is_same_v<T, float> ? kFloat32 : kFloat64;
  WorstRuns worst(reduction.name, std::is_same_v<T, float> ? "float32" : "float64", sizes.front(),
                  sizes.back());
  for (const std::int64_t n : sizes) {
    const std::int64_t lines = std::clamp<std::int64_t>(20000 / n, 1, 50);
    for (const Data& data : kinds_of_data()) {
      Tensor x = data.draw({lines, n}, dtype);
      if (reduction.prepare) x = reduction.prepare(x);
      const Exact<T> exact = exact_of(reduction, x);
      const auto take = [&](Tensor y, const char* along) {
        worst.take(data, n, error_in_scale(y.clone().to_vector<T>(), exact, n),
                   fmt::format("K = {}, {}", n, along));
      };
      take(reduction.op(x, 1), "rows");
      if (!reduction.columns) continue;
      const Tensor y = reduction.op(x.t().clone(), 0);
      take(y.dim() == 2 ? y.t() : y, "columns");
    }
  }
  worst.add_to(table);
}

template <class T>
void sweep_type(const Sweep& sweep, Table& table) {
  std::vector<std::int64_t> sizes = {1, 2, 3, 7, 10, 33, 100, 1000};
  if (!sweep.quick) sizes.insert(sizes.end(), {4096, 65537, 1000000});
  for (const auto& family : {sums<T>(), softmax_family<T>()}) {
    for (const Reduction<T>& reduction : family) {
      if (sweep.wants(reduction.name)) sweep_reduction(reduction, sizes, table);
    }
  }
}

}  // namespace

void sweep_reductions(const Sweep& sweep, Table& table) {
  sweep_type<float>(sweep, table);
  sweep_type<double>(sweep, table);
}

}  // namespace bench
