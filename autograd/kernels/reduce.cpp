// Reductions: how a tensor is cut into the folds of folds.hpp, row by row or column by column.
#include "autograd/kernels/reduce.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/memory_order.hpp"
#include "autograd/kernels/rows.hpp"
#include "autograd/kernels/simd/folds.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

using folds::kTile;

constexpr std::int64_t kChunk = 65536;  // elements of one chunk of work

/// Rows that lie in one piece each: a long one in chunks.
template <class P>
void fold_rows(const typename P::In* x, typename P::Out* y, std::int64_t outer, std::int64_t n) {
  if (n <= kChunk) {
    return parallel_for(outer, std::max<std::int64_t>(1, kChunk / std::max<std::int64_t>(n, 1)),
                        [=](std::int64_t begin, std::int64_t end) {
                          for (std::int64_t o = begin; o < end; ++o) y[o] = P::result(P::row(x + o * n, n));
                        });
  }
  const std::int64_t chunks = (n + kChunk - 1) / kChunk;
  const auto partial = std::make_unique<typename P::Acc[]>(static_cast<std::size_t>(outer * chunks));
  parallel_for(outer * chunks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t first = task % chunks * kChunk;
      partial[static_cast<std::size_t>(task)] =
          P::row(x + task / chunks * n + first, std::min(kChunk, n - first));
    }
  });
  for (std::int64_t o = 0; o < outer; ++o) {
    const auto* parts = partial.get() + o * chunks;
    y[o] = P::result(std::accumulate(parts + 1, parts + chunks, parts[0], P::step));
  }
}

/// How columns are cut into tasks: strips of up to kTile columns, and chunks of rows where there are many.
struct Grid {
  explicit Grid(const Rows& shape)
      : s(shape),
        tile(std::min(s.inner, kTile)),
        tiles((s.inner + tile - 1) / tile),
        rows(kChunk / tile),
        chunks(std::max<std::int64_t>(1, (s.n + rows - 1) / rows)) {}

  std::int64_t strips() const { return s.outer * tiles; }
  std::int64_t column(std::int64_t strip) const { return strip % tiles * tile; }
  std::int64_t width(std::int64_t strip) const { return std::min(tile, s.inner - column(strip)); }
  std::int64_t output(std::int64_t strip) const { return strip / tiles * s.inner + column(strip); }
  std::int64_t input(std::int64_t strip, std::int64_t row) const {
    return (strip / tiles * s.n + row) * s.inner + column(strip);
  }

  Rows s;
  std::int64_t tile, tiles, rows, chunks;
};

template <class P>
void fold_columns(const typename P::In* x, typename P::Out* y, const Rows& s) {
  using Acc = typename P::Acc;
  const Grid grid(s);
  const std::int64_t chunks = grid.chunks, tasks = grid.strips() * chunks;
  std::unique_ptr<Acc[]> partial;
  if (chunks > 1) partial = std::make_unique<Acc[]>(static_cast<std::size_t>(tasks * grid.tile));
  const auto finish = [&](std::int64_t strip, const Acc* acc) {
    std::transform(acc, acc + grid.width(strip), y + grid.output(strip), P::result);
  };
  const std::int64_t task_size = std::clamp<std::int64_t>(s.n, 1, grid.rows) * grid.tile;
  parallel_for(tasks, std::max<std::int64_t>(1, kChunk / task_size),
               [&](std::int64_t begin, std::int64_t end) {
                 Acc local[kTile];
                 for (std::int64_t task = begin; task < end; ++task) {
                   const std::int64_t strip = task / chunks, first = task % chunks * grid.rows;
                   Acc* acc = chunks > 1 ? partial.get() + task * grid.tile : local;
                   P::columns(x + grid.input(strip, first), std::min(grid.rows, s.n - first), s.inner,
                              grid.width(strip), acc);
                   if (chunks == 1) finish(strip, acc);
                 }
               });
  for (std::int64_t strip = 0; chunks > 1 && strip < grid.strips(); ++strip) {
    Acc* acc = partial.get() + strip * chunks * grid.tile;
    for (std::int64_t part = grid.tile; part < chunks * grid.tile; part += grid.tile) {
      for (std::int64_t i = 0; i < grid.width(strip); ++i) acc[i] = P::step(acc[i], acc[part + i]);
    }
    finish(strip, acc);
  }
}

template <class P>
void fold(const Tensor& x, const Tensor& y, const Rows& s) {
  const auto* from = elements<typename P::In>(x);
  auto* to = elements<typename P::Out>(y);
  if (y.numel() == 0) return;
  if (s.inner == 1)
    fold_rows<P>(from, to, s.outer, s.n);
  else
    fold_columns<P>(from, to, s);
}

template <class T>
void fold_as(Reduce how, const Tensor& x, const Tensor& y, const Rows& s) {
  switch (how) {
    case Reduce::sum: return fold<folds::Sum<T>>(x, y, s);
    case Reduce::sum_squares:
      if constexpr (std::is_floating_point_v<T>)
        return fold_rows<folds::SumSquares<T>>(elements<T>(x), elements<T>(y), s.outer, s.n);
      throw Error("sums of squares are of floats");
    case Reduce::prod: return fold<folds::Prod<T>>(x, y, s);
    case Reduce::max: return fold<folds::Extreme<T, true>>(x, y, s);
    case Reduce::min: return fold<folds::Extreme<T, false>>(x, y, s);
    case Reduce::any: return fold<folds::Logic<T, true>>(x, y, s);
    case Reduce::all: return fold<folds::Logic<T, false>>(x, y, s);
  }
}

DType result_type(Reduce how, DType dtype) {
  if (how == Reduce::any || how == Reduce::all) return kBool;
  return (how == Reduce::sum || how == Reduce::prod) && !is_floating(dtype) ? kInt64 : dtype;
}

/// `shape` with neighbours of one kind merged and sizes of 1 left out: dims alternate between kept and
/// reduced.
struct Merged {
  Shape shape;
  bool last_reduced = false;
};
Merged merge(const Shape& shape, DimSet dims) {
  Merged merged;
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    const bool reduced = dims[static_cast<std::size_t>(i)];
    if (!merged.shape.empty() && reduced == merged.last_reduced)
      multiply(merged.shape[merged.shape.size() - 1], shape[i]);
    else
      merged.shape.push_back(shape[i]);
    merged.last_reduced = reduced;
  }
  return merged;
}

/// The rows to fold where the dims of the set stand side by side, as they mostly do: no need to merge shapes.
std::optional<Rows> side_by_side(const Shape& shape, DimSet dims) {
  Rows rows;
  bool begun = false, ended = false;
  for (int i = 0; i < shape.size(); ++i) {
    const bool reduced = dims[static_cast<std::size_t>(i)];
    if (reduced && ended) return {};
    begun = begun || reduced;
    ended = begun && !reduced;
    multiply(reduced ? rows.n : ended ? rows.inner : rows.outer, shape[i]);
  }
  if (rows.n == 1 && rows.outer > 1) return {};  // one pass over all, as merged shapes make it, is faster
  return rows;
}

void fold_into(Reduce how, const Tensor& x, const Tensor& y, const Rows& rows) {
  visit(x.dtype(), [&](auto zero) { fold_as<decltype(zero)>(how, x, y, rows); });
}

/// A transposed x: its memory is reduced as it lies, and the result, which is smaller, put into x's order.
Tensor reduce_in_memory_order(Reduce how, const Tensor& x, DimSet dims, const Shape& shape) {
  const std::vector<int> order = memory_order(x);
  const Tensor turned = in_order(x, order);
  if (!turned.is_contiguous()) return reduce(how, contiguous(x), dims, shape);
  DimSet turned_dims;
  Shape kept;
  for (std::size_t d = 0; d < order.size(); ++d) {
    turned_dims[d] = dims[static_cast<std::size_t>(order[d])];
    kept.push_back(turned_dims[d] ? 1 : turned.shape()[static_cast<int>(d)]);
  }
  const Tensor y = reduce(how, turned, turned_dims, kept);
  std::vector<int> back(order.size());
  for (std::size_t d = 0; d < order.size(); ++d)
    back[static_cast<std::size_t>(order[d])] = static_cast<int>(d);
  const Tensor straight = contiguous(in_order(y, back));
  return straight.alias(shape, contiguous_strides(shape), straight.impl().offset);
}

}  // namespace

Tensor reduce(Reduce how, const Tensor& x, DimSet dims, const Shape& shape) {
  if (!x.is_contiguous()) return reduce_in_memory_order(how, x, dims, shape);
  if (const auto rows = side_by_side(x.shape(), dims)) {
    Tensor y = make_tensor(shape, result_type(how, x.dtype()));
    fold_into(how, x, y, *rows);
    return y;
  }
  const Merged merged = merge(x.shape(), dims);
  Shape rest = merged.shape;
  int dim = rest.size() - (merged.last_reduced ? 1 : 2);
  if (dim < 0) {  // nothing to fold: every element is a result
    rest.insert(0, 1);
    dim = 0;
  }
  Tensor y = x;
  for (bool last = false; !last; dim -= 2) {  // one group of dims after the other, from the last on
    last = dim < 2;
    const Rows rows = rows_along(rest, dim);
    rest.erase(dim);
    const Tensor folded = make_tensor(last ? shape : rest, result_type(how, y.dtype()));
    fold_into(how, y, folded, rows);
    y = folded;
    if (!last && dim < rest.size()) {  // the kept dims on either side are neighbours now
      rest[dim - 1] *= rest[dim];
      rest.erase(dim);
    }
  }
  return y;
}

}  // namespace xtape::kernels
