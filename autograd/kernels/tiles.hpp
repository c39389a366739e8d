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

}  // namespace xtape::kernels
