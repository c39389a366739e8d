// How kernels along one dim go over a tensor: in tiles of columns, which the pool shares.
#pragma once

#include <algorithm>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/rows.hpp"

namespace xtape::kernels {

inline constexpr std::int64_t kTile = 1024;  ///< columns that are walked at once

/// Calls `walk(outer, column, width)` for every tile of columns of every outer block.
template <class F>
void for_each_tile(const Rows& s, F&& walk) {
  constexpr std::int64_t chunk = 65536;  // elements of one chunk of work
  const std::int64_t tile = std::min(s.inner, kTile), tiles = tile == 0 ? 0 : (s.inner + tile - 1) / tile;
  const std::int64_t task_size = std::max<std::int64_t>(1, s.n * tile);
  parallel_for(s.outer * tiles, std::max<std::int64_t>(1, chunk / task_size),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t task = begin; task < end; ++task) {
                   const std::int64_t column = task % tiles * tile;
                   walk(task / tiles, column, std::min(tile, s.inner - column));
                 }
               });
}

/// Several runs along the dim that are walked side by side: element `step` of run `lane` stands at
/// first + step step_size + lane lane_size. Fixed, there are exactly so many lanes; 0 means that they stand
/// side by side.
template <std::int64_t fixed>
struct Lanes {
  static constexpr std::int64_t most = fixed == 0 ? kTile : fixed;

  std::int64_t first, steps, step_size, count, lane_size;

  std::int64_t lanes() const { return fixed == 0 ? count : fixed; }
  std::int64_t apart() const { return fixed == 0 ? 1 : lane_size; }
};

/// Calls `walk(Lanes)` for all runs along the dim. Rows that lie in one piece are walked eight at a time, so
/// that none waits for its own last result; columns by tiles.
template <class F>
void for_all_lanes(const Rows& s, F&& walk) {
  constexpr std::int64_t few = 8;
  if (s.inner != 1) {
    for_each_tile(s, [&](std::int64_t o, std::int64_t column, std::int64_t width) {
      walk(Lanes<0>{o * s.n * s.inner + column, s.n, s.inner, width, 1});
    });
    return;
  }
  const Rows blocks{(s.outer + few - 1) / few, s.n * few, 1};
  for_each_tile(blocks, [&](std::int64_t block, std::int64_t, std::int64_t) {
    const std::int64_t begin = block * few, end = std::min(begin + few, s.outer);
    if (end - begin == few) return walk(Lanes<few>{begin * s.n, s.n, 1, few, s.n});
    for (std::int64_t row = begin; row < end; ++row) walk(Lanes<1>{row * s.n, s.n, 1, 1, s.n});
  });
}

}  // namespace xtape::kernels
