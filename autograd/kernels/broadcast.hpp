// How several operands walk together: the output's shape, cut into rows in which each operand either moves by
// one element or stands still.
#pragma once

#include <algorithm>
#include <array>

#include "autograd/kernels/copy.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

template <std::size_t N>
struct Broadcast {
  Shape shape;  // of the output, dims merged where all operands allow; the last one is the row
  std::array<Shape, N> strides;  // of the operands, 0 where they stand still
  std::int64_t rows = 1;
  std::int64_t row = 1;         // elements of a row
  std::array<bool, N> moves{};  // along the row

  /// Offsets of the operands at the begin of row `index`.
  std::array<std::int64_t, N> offsets(std::int64_t index) const {
    std::array<std::int64_t, N> result{};
    for (int d = shape.size() - 2; d >= 0; --d) {
      const std::int64_t at = index % shape[d];
      index /= shape[d];
      for (std::size_t i = 0; i < N; ++i) result[i] += at * strides[i][d];
    }
    return result;
  }

  /// Whether operand i lies in one piece, row behind row.
  bool spans(std::size_t i) const {
    std::int64_t size = 1;
    for (int d = shape.size() - 1; d >= 0; size *= shape[d--]) {
      if (strides[i][d] != size) return false;
    }
    return true;
  }

  /// After how many rows operand i is where it began.
  std::int64_t period(std::size_t i) const {
    int first = 0;
    while (first + 1 < shape.size() && strides[i][first] == 0) ++first;
    std::int64_t count = 1;
    for (int d = first; d + 1 < shape.size(); ++d) count *= shape[d];
    return count;
  }
};

inline constexpr std::int64_t kNarrow = 24;   ///< elements of a row for which a call costs more than the row
inline constexpr std::int64_t kBlock = 1024;  ///< elements of narrow rows that are worked on at once

/// How many narrow rows are worked on at once: whole periods of the operands that repeat within a block.
template <std::size_t N>
std::int64_t block_rows(const Broadcast<N>& plan) {
  const std::int64_t most = kBlock / plan.row;
  std::int64_t period = 1;  // each divides the longer ones
  for (std::size_t i = 0; i < N; ++i) {
    if (plan.period(i) <= most) period = std::max(period, plan.period(i));
  }
  return most / period * period;
}

/// Operand i of narrow rows in one piece: where it lies, or copied. What repeats is copied once.
template <class T, std::size_t N>
class Piece {
 public:
  Piece(const Broadcast<N>& plan, std::size_t i, const T* x)
      : plan_(plan), i_(i), x_(x), spans_(plan.spans(i)), repeats_(plan.period(i) <= block_rows(plan)) {}

  /// Rows begin, ..., begin + count - 1; `begin` is a multiple of block_rows.
  const T* rows(std::int64_t begin, std::int64_t count) {
    if (spans_) return x_ + begin * plan_.row;
    if (!repeats_ || count > filled_) copy(begin, count);
    return copy_.data();
  }

 private:
  void copy(std::int64_t begin, std::int64_t count) {
    filled_ = count;
    const Shape &shape = plan_.shape, &strides = plan_.strides[i_];
    const int outer = shape.size() - 1;
    Shape at = Shape::filled(outer, 0);
    for (int d = outer - 1; d >= 0; begin /= shape[d--]) at[d] = begin % shape[d];
    const T* from = x_;
    for (int d = 0; d < outer; ++d) from += at[d] * strides[d];
    T* to = copy_.data();
    for (std::int64_t r = 0; r < count; ++r) {
      for (std::int64_t k = 0; k < plan_.row; ++k) *to++ = from[k * strides[outer]];
      for (int d = outer - 1; d >= 0; --d) {  // the next row
        from += strides[d];
        if (++at[d] < shape[d]) break;
        from -= at[d] * strides[d];
        at[d] = 0;
      }
    }
  }

  const Broadcast<N>& plan_;
  std::size_t i_;
  const T* x_;
  bool spans_, repeats_;
  std::int64_t filled_ = 0;
  std::array<T, kBlock> copy_;
};

/// x's strides as seen in `shape`, to which it broadcasts.
inline Shape broadcast_strides(const Tensor& x, const Shape& shape) {
  Shape strides = Shape::filled(shape.size(), 0);
  const int lead = shape.size() - x.shape().size();
  for (int d = 0; d < x.shape().size(); ++d) strides[lead + d] = x.shape()[d] == 1 ? 0 : x.strides()[d];
  return strides;
}

/// Operands whose rows are neither contiguous nor constant are replaced by contiguous copies.
template <std::size_t N>
Broadcast<N> broadcast(std::array<Tensor, N>& operands, const Shape& shape) {
  Broadcast<N> plan;
  plan.shape = shape;
  if (plan.shape.empty()) plan.shape.push_back(1);
  for (std::size_t i = 0; i < N; ++i) {
    plan.strides[i] = broadcast_strides(operands[i], plan.shape);
    const std::int64_t last = plan.strides[i].back();
    if (last != 0 && last != 1) {
      operands[i] = contiguous(operands[i]);
      plan.strides[i] = broadcast_strides(operands[i], plan.shape);
    }
  }
  for (int d = plan.shape.size() - 2; d >= 0;
       --d) {  // merge dim d with the one behind it where all operands can
    bool merges = true;
    for (const Shape& s : plan.strides) merges = merges && s[d] == s[d + 1] * plan.shape[d + 1];
    if (!merges) continue;
    plan.shape[d + 1] *= plan.shape[d];
    plan.shape.erase(d);
    for (Shape& s : plan.strides) s.erase(d);
  }
  plan.row = plan.shape.back();
  for (int d = 0; d + 1 < plan.shape.size(); ++d) plan.rows *= plan.shape[d];
  for (std::size_t i = 0; i < N; ++i) plan.moves[i] = plan.strides[i].back() == 1;
  return plan;
}

}  // namespace xtape::kernels
