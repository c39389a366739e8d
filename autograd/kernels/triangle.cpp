// Triangles: each row is a piece that is copied and one that is zeroed, whatever the dtype.
#include "autograd/kernels/triangle.hpp"

#include <algorithm>
#include <cstring>

#include "autograd/base/parallel.hpp"

namespace xtape::kernels {

using namespace detail;

Tensor triangle(const Tensor& x, bool lower, std::int64_t k) {
  const Tensor y = make_tensor_like(x);
  if (x.numel() == 0) return y;
  const std::int64_t rows = x.size(-2), columns = x.size(-1);
  const std::size_t bytes = size_of(x.dtype());
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 16) / columns);
  parallel_for(x.numel() / columns, grain, [&](std::int64_t row, std::int64_t end) {
    for (; row < end; ++row) {
      // Of the row, [0, cut) stays where it is the lower triangle, [cut, columns) where it is the upper.
      const std::int64_t r = row % rows, beyond = lower ? 1 : 0;
      const std::int64_t last = std::clamp(k, -rows - 1, columns);  // r + k must not overflow
      const auto cut =
          static_cast<std::size_t>(std::clamp<std::int64_t>(r + last + beyond, 0, columns)) * bytes;
      const std::size_t all = static_cast<std::size_t>(columns) * bytes;
      const std::size_t from = lower ? 0 : cut, to = lower ? cut : all;
      const std::byte* source = x.raw() + static_cast<std::size_t>(row) * all;
      std::byte* target = y.raw() + static_cast<std::size_t>(row) * all;
      std::memset(target, 0, from);
      std::memcpy(target + from, source + from, to - from);
      std::memset(target + to, 0, all - to);
    }
  });
  return y;
}

}  // namespace xtape::kernels
