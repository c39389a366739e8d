// How several operands walk together: the output's shape, cut into rows in which each operand either moves by
// one element or stands still.
#pragma once

#include <array>

#include "autograd/tensor.hpp"

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
      operands[i] = operands[i].contiguous();
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
