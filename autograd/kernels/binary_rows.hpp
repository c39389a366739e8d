// How kernels of two operands go over their broadcast: in rows in which each operand moves or stands still,
// cut for the pool of threads.
#pragma once

#include <algorithm>
#include <array>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/broadcast.hpp"

namespace xtape::kernels {

inline constexpr std::int64_t kGrain =
    1 << 16;  // elements a thread takes at a time; fewer are not worth waking one

/// out = x op y for n elements; an operand that does not move gives its first one to all.
template <class T, class Out>
using Row = void (*)(const T* x, bool x_moves, const T* y, bool y_moves, Out* out, std::int64_t n);

/// A Row of F, a function of two elements; compilers vectorise its three loops.
template <class F, class T, class Out>
void row_by(const T* x, bool x_moves, const T* y, bool y_moves, Out* out, std::int64_t n) {
  constexpr F f;
  if (x_moves && y_moves) {
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(x[i], y[i]);
  } else if (x_moves) {
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(x[i], *y);
  } else {
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(*x, y[y_moves ? i : 0]);
  }
}

/// Runs `row` over blocks of narrow rows.
template <class T, class Out, class RowFunction>
void run_narrow(const Broadcast<2>& plan, const T* x, const T* y, Out* out, const RowFunction& row) {
  const std::int64_t block = block_rows(plan), blocks = (plan.rows + block - 1) / block;
  parallel_for(blocks, kGrain / kBlock, [&](std::int64_t b, std::int64_t end) {
    Piece<T, 2> of_x(plan, 0, x), of_y(plan, 1, y);
    for (; b < end; ++b) {
      const std::int64_t begin = b * block, count = std::min(block, plan.rows - begin);
      row(of_x.rows(begin, count), true, of_y.rows(begin, count), true, out + begin * plan.row,
          count * plan.row);
    }
  });
}

/// Runs `row`, a Row or an object that is called like one, over the broadcast of a and b.
template <class T, class Out, class RowFunction>
void run_binary(const Tensor& a, const Tensor& b, const Tensor& out, const RowFunction& row) {
  auto* z = reinterpret_cast<Out*>(out.raw());
  const auto* x = reinterpret_cast<const T*>(a.raw());
  const auto* y = reinterpret_cast<const T*>(b.raw());
  if (a.shape() == b.shape() && a.is_contiguous() && b.is_contiguous()) {
    parallel_for(out.numel(), kGrain,
                 [&](std::int64_t i, std::int64_t end) { row(x + i, true, y + i, true, z + i, end - i); });
    return;
  }
  if (out.numel() == 0) return;
  // One element beside a tensor, as a mean: small enough that a plan would cost more.
  const bool a_spans = a.is_contiguous() && a.numel() == out.numel();
  const bool b_spans = b.is_contiguous() && b.numel() == out.numel();
  if ((a_spans && b.numel() == 1) || (b_spans && a.numel() == 1)) {
    parallel_for(out.numel(), kGrain, [&](std::int64_t i, std::int64_t end) {
      row(x + (a_spans ? i : 0), a_spans, y + (b_spans ? i : 0), b_spans, z + i, end - i);
    });
    return;
  }
  std::array<Tensor, 2> operands{a, b};
  const auto plan = broadcast(operands, out.shape());
  x = reinterpret_cast<const T*>(operands[0].raw());
  y = reinterpret_cast<const T*>(operands[1].raw());
  const bool x_moves = plan.moves[0], y_moves = plan.moves[1];
  if (plan.rows == 1) {
    parallel_for(plan.row, kGrain, [&](std::int64_t i, std::int64_t end) {
      row(x + (x_moves ? i : 0), x_moves, y + (y_moves ? i : 0), y_moves, z + i, end - i);
    });
    return;
  }
  if (plan.row < kNarrow) return run_narrow(plan, x, y, z, row);
  parallel_for(plan.rows, std::max<std::int64_t>(1, kGrain / plan.row),
               [&](std::int64_t r, std::int64_t end) {
                 for (; r < end; ++r) {
                   const auto [i, j] = plan.offsets(r);
                   row(x + i, x_moves, y + j, y_moves, z + r * plan.row, plan.row);
                 }
               });
}

}  // namespace xtape::kernels
