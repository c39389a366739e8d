// The sizes of a tile of a product, as the loops of matrices and of convolutions compute it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace xtape::kernels::loops {

/// Six rows of two batches: twelve sums, two batches of b and one of a are what sixteen registers hold.
inline constexpr std::size_t kTileRows = 6;
/// Rows of b that are read or copied at a time, and terms of a sum that are added one by one: 64 rows of two
/// batches, 4 kB, stay in the first cache.
inline constexpr std::int64_t kBlockRows = 64;

}  // namespace xtape::kernels::loops
