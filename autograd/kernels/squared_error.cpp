// Squared differences: a long sum is cut into chunks, whose sums are added in their order.
#include "autograd/kernels/squared_error.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kChunk = 65536;  // terms of one partial sum

template <class T>
double squared_distance(const T* x, const T* y, std::int64_t n) {
  if (n <= kChunk) return simd<T>().squared_distance(x, y, n);
  std::vector<double> partial(static_cast<std::size_t>((n + kChunk - 1) / kChunk));
  parallel_for(static_cast<std::int64_t>(partial.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
      const std::int64_t first = chunk * kChunk;
      partial[static_cast<std::size_t>(chunk)] =
          simd<T>().squared_distance(x + first, y + first, std::min(kChunk, n - first));
    }
  });
  return std::accumulate(partial.begin(), partial.end(), 0.0);
}

}  // namespace

Tensor squared_error(const Tensor& x, const Tensor& y, double divisor) {
  Tensor out = make_tensor({}, x.dtype());
  visit_floating(x.dtype(), "squared_error", [&](auto zero) {
    using T = decltype(zero);
    *out.data<T>() =
        static_cast<T>(squared_distance(x.data<T>(), y.data<T>(), x.numel())) / static_cast<T>(divisor);
  });
  return out;
}

Tensor scaled_difference(const Tensor& x, const Tensor& y, double scale) {
  Tensor out = make_tensor_like(x);
  visit_floating(x.dtype(), "squared_error", [&](auto zero) {
    using T = decltype(zero);
    const T *left = x.data<T>(), *right = y.data<T>();
    T* to = out.data<T>();
    parallel_for(x.numel(), 1 << 15, [&](std::int64_t i, std::int64_t end) {
      simd<T>().scaled_difference(left + i, right + i, to + i, end - i, static_cast<T>(scale));
    });
  });
  return out;
}

}  // namespace xtape::kernels
