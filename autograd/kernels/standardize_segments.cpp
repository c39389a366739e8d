// Standardization of segments: neighbours that share a mean, a variance, a weight and a bias.
#include <algorithm>
#include <vector>

#include "autograd/kernels/standardize_pass.hpp"

namespace xtape::kernels::standardizing {

namespace {

/// `count` sums for each segment, by `add(segment, sums)`.
template <int count, class F>
std::vector<double> segment_sums(const Sizes& s, const F& add) {
  std::vector<double> sums(static_cast<std::size_t>(count * s.segments()));
  for_each(s.segments(), grain_of(s.d),
           [&](std::int64_t i) { add(i, &sums[static_cast<std::size_t>(count * i)]); });
  return sums;
}

}  // namespace

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
        p.x + i * s.d, p.g + i * s.d, p.dx + i * s.d, s.d,
        moments[static_cast<std::size_t>(statistic)].template backward<T>(
            total[2], total[3], s.elements_each(), p.how, static_cast<double>(p.w[s.weight_of(i)])));
  });
}

template void forward_segments(const Pass<float>&);
template void forward_segments(const Pass<double>&);
template void backward_segments(const Pass<float>&);
template void backward_segments(const Pass<double>&);

}  // namespace xtape::kernels::standardizing
