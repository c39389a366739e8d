// The rules of product_rules.hpp.
#include "autograd/kernels/product_rules.hpp"

#include <algorithm>
#include <string_view>

#include "autograd/base/detail/isa.hpp"
#include "autograd/kernels/blas_threads.hpp"

namespace xtape::kernels {

namespace {

/// Whether m n k is at most `most`, without overflow.
bool is_within(std::int64_t most, std::int64_t m, std::int64_t n, std::int64_t k) {
  return m <= most && n <= most && k <= most && m * n <= most && m * n * k <= most;
}

/// OpenBLAS goes by lists of models, which newer processors are not on.
bool blas_lacks_avx512() {
  static const bool lacks = [] {
    const std::string_view core = openblas_get_corename();
    const bool uses = core == "SkylakeX" || core == "Cooperlake" || core == "SapphireRapids";
    return isa() == Isa::avx512 && !uses;
  }();
  return lacks;
}

}  // namespace

bool is_small(std::int64_t m, std::int64_t n, std::int64_t k) { return is_within(64 * 64 * 64, m, n, k); }

bool is_deep(std::int64_t m, std::int64_t n, std::int64_t k) {
  return k >= 4 * std::max(m, n) && m * n <= 1 << 16;
}

bool suits_own_loops(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t tile_columns,
                     bool a_transposed, bool b_transposed) {
  constexpr std::int64_t few = 16;
  if (is_small(m, n, k)) return true;
  if (is_deep(m, n, k)) return false;
  const std::int64_t filled = (n + tile_columns - 1) / tile_columns * tile_columns;
  const std::int64_t most = blas_lacks_avx512()    ? 1 << 29
                            : isa() == Isa::avx512 ? 1 << 23
                            : m <= few             ? 1 << 22
                                                   : 1 << 19;
  if (n >= few && is_within(most, m, filled, k)) return true;
  return (a_transposed && m <= few) || (b_transposed && n <= few && m >= 4 * few);
}

std::int64_t pieces(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t longest) {
  const double operations = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  std::int64_t count = 1;
  for (double needed = 2e7; count < 8 && operations >= needed && longest / (2 * count) >= 64; needed *= 64)
    count *= 2;
  return count;
}

}  // namespace xtape::kernels
