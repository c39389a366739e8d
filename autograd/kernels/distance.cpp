// Distances of pairs of rows by the loop of squared differences, in tiles whose rows stay in the cache.
#include "autograd/kernels/distance.hpp"

#include <algorithm>
#include <cmath>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kTileBytes = 1 << 17;  // of the rows of y that all rows of x meet in turn
constexpr std::int64_t kWork = 1 << 18;       // differences that a thread takes at a time

/// The distances of rows [begin, end) of x to all `m` rows of y.
template <class T>
void rows_to_all(const T* x, const T* y, T* out, std::int64_t begin, std::int64_t end, std::int64_t m,
                 std::int64_t d) {
  const std::int64_t tile =
      std::max<std::int64_t>(1, kTileBytes / (d * static_cast<std::int64_t>(sizeof(T))));
  for (std::int64_t first = 0; first < m; first += tile) {
    for (std::int64_t i = begin; i < end; ++i) {
      for (std::int64_t j = first; j < std::min(m, first + tile); ++j)
        out[i * m + j] = static_cast<T>(std::sqrt(simd<T>().squared_distance(x + i * d, y + j * d, d)));
    }
  }
}

}  // namespace

Tensor distances(const Tensor& x, const Tensor& y) {
  const std::int64_t batches = x.size(0), n = x.size(1), m = y.size(1), d = x.size(2);
  const Tensor out = make_tensor({batches, n, m}, x.dtype());
  if (d == 0) return zeros_like(out);
  visit_floating(x.dtype(), "cdist", [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t b = 0; b < batches; ++b) {
      const T *from_x = x.data<T>() + b * n * d, *from_y = y.data<T>() + b * m * d;
      T* to = out.data<T>() + b * n * m;
      const std::int64_t grain = std::max<std::int64_t>(1, kWork / std::max<std::int64_t>(1, m * d));
      parallel_for(n, grain, [&](std::int64_t begin, std::int64_t end) {
        rows_to_all(from_x, from_y, to, begin, end, m, d);
      });
    }
  });
  return out;
}

}  // namespace xtape::kernels
