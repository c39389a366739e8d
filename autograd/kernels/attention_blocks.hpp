// How attention is cut into blocks of queries, and where the blocks read and write: heads as matrices, rows
// of scores, memory for the work on one block. Included only by attention.cpp.
#pragma once

#include <algorithm>

#include "autograd/kernels/attention.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/gemm.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels::attention_blocks {

using namespace xtape::detail;

/// y = factor x
template <class T>
void scale_row(const T* x, T* y, std::int64_t n, T factor) {
  simd<T>().binary_scalar[static_cast<std::size_t>(Binary::mul)](x, &factor, y, n);
}

// Queries of a block: few where a block of later queries sees more keys, else as many as make good products.
inline constexpr std::int64_t kCausalQueries = 64, kQueries = 256;
inline constexpr std::int64_t kScores = 1 << 18;  // of a block, at most

/// {N, H, L, D} in the memory of {N, L, H, D}: what it is made of before it is taken apart into heads, and
/// what it becomes behind them.
inline Tensor make_heads(const Shape& shape, DType dtype) {
  const std::int64_t h = shape[1], l = shape[2], d = shape[3];
  const Tensor words = make_tensor({shape[0], l, h, d}, dtype);
  return words.alias(shape, {l * h * d, d, h * d, 1}, words.impl().offset);
}

/// Rows of a head of `make_heads`.
template <class T>
struct HeadRows {
  T* data;
  std::int64_t leading;

  HeadRows(const Tensor& heads, std::int64_t head) : leading(heads.strides()[2]) {
    const std::int64_t h = heads.shape()[1];
    data = elements<T>(heads) + head / h * heads.strides()[0] + head % h * heads.strides()[1];
  }
  /// Writes factor times the rows of x, of `columns` in one piece, from row `top` on.
  void write(const T* x, std::int64_t top, std::int64_t rows, std::int64_t columns, T factor) const {
    for (std::int64_t i = 0; i < rows; ++i, x += columns) {
      T* row = data + (top + i) * leading;
      scale_row(x, row, columns, factor);
    }
  }
};

/// x itself where each head is a matrix of rows in one piece, else a copy of it.
inline Tensor with_rows(const Tensor& x) {
  const bool in_pieces = x.shape()[3] > 1 && x.strides()[3] != 1;
  const bool overlap = x.shape()[2] > 1 && x.strides()[2] < x.shape()[3];
  return in_pieces || overlap ? contiguous(x) : x;
}

/// The heads of a tensor with rows, as matrices.
template <class T>
class Heads {
 public:
  explicit Heads(const Tensor& x)
      : x_(with_rows(x)),
        leading_(x_.shape()[2] > 1 ? x_.strides()[2] : std::max<std::int64_t>(1, x_.shape()[3])) {}

  Matrix<T> from_row(std::int64_t head, std::int64_t row) const {
    const std::int64_t heads = x_.shape()[1];
    const std::int64_t at = head / heads * x_.strides()[0] + head % heads * x_.strides()[1] + row * leading_;
    return {elements<const T>(x_) + at, leading_};
  }

 private:
  Tensor x_;
  std::int64_t leading_;
};

/// The rows of {N, H, L, S}, of any strides.
template <class M>
struct Scores {
  const M* data = nullptr;
  Shape strides;

  explicit Scores(const Tensor& x) {
    if (!x.defined()) return;
    data = elements<const M>(x);
    strides = x.strides();
  }
  const M* row(std::int64_t n, std::int64_t h, std::int64_t i) const {
    return data + n * strides[0] + h * strides[1] + i * strides[2];
  }
  std::int64_t step() const { return strides[3]; }
};

/// What all blocks of a call have in common.
template <class T>
struct Plan {
  std::int64_t heads, h, queries, keys, depth, values, block_rows, blocks;
  Heads<T> q, k, v;
  Scores<bool> allowed, keep;
  Scores<T> bias;
  T* weights;  // null where they are not kept
  T scale, kept_scale;
  bool causal;
  std::int64_t offset;

  explicit Plan(const AttentionCall& call)
      : heads(call.q.shape()[0] * call.q.shape()[1]),
        h(call.q.shape()[1]),
        queries(call.q.shape()[2]),
        keys(call.k.shape()[2]),
        depth(call.q.shape()[3]),
        values(call.v.shape()[3]),
        block_rows(rows_of_blocks(call)),
        blocks((queries + block_rows - 1) / block_rows),
        q(call.q),
        k(call.k),
        v(call.v),
        allowed(is_bool(call.mask) ? call.mask : Tensor()),
        keep(call.keep),
        bias(is_bool(call.mask) ? Tensor() : call.mask),
        weights(call.weights.defined() ? call.weights.data<T>() : nullptr),
        scale(static_cast<T>(call.scale)),
        kept_scale(static_cast<T>(call.kept_scale)),
        causal(call.causal),
        offset(call.causal_offset) {}

  /// How many keys query i sees, of those that come first.
  std::int64_t seen_by(std::int64_t i) const { return causal ? std::min(keys, i + 1 + offset) : keys; }

 private:
  static std::int64_t rows_of_blocks(const AttentionCall& call) {
    const std::int64_t keys = std::max<std::int64_t>(1, call.k.shape()[2]);
    const std::int64_t most = call.causal ? kCausalQueries : kQueries;
    return std::clamp<std::int64_t>(std::min(kScores / keys, call.q.shape()[2]), 1, most);
  }
  static bool is_bool(const Tensor& mask) { return mask.defined() && mask.dtype() == kBool; }
};

/// Some queries of one head, and the keys that the last of them sees.
struct Block {
  std::int64_t head, top, rows, columns;

  template <class T>
  Block(const Plan<T>& plan, std::int64_t of_head, std::int64_t number)
      : head(of_head),
        top(number * plan.block_rows),
        rows(std::min(plan.block_rows, plan.queries - top)),
        columns(plan.seen_by(top + rows - 1)) {}
};

/// Memory for the work on one block at a time.
template <class T>
class Scratch {
 public:
  explicit Scratch(const Plan<T>& plan)
      : queries_(make_tensor({plan.block_rows * plan.depth}, dtype_of<T>())),
        results_(make_tensor({plan.block_rows * std::max(plan.depth, plan.values)}, dtype_of<T>())),
        first_(make_tensor({plan.block_rows * plan.keys}, dtype_of<T>())),
        second_(make_tensor({plan.block_rows * plan.keys}, dtype_of<T>())) {}

  T* queries() const { return queries_.template data<T>(); }
  T* results() const { return results_.template data<T>(); }
  T* first() const { return first_.template data<T>(); }
  T* second() const { return second_.template data<T>(); }

 private:
  Tensor queries_, results_, first_, second_;
};

/// The rows of a block of weights or of their gradients, `leading` apart.
template <class T>
struct Rows {
  T* data;
  std::int64_t leading;

  T* operator[](std::int64_t i) const { return data + i * leading; }
  operator Matrix<T>() const { return {data, leading}; }  // NOLINT: for products
  Matrix<T> transposed() const { return {data, leading, true}; }
};

}  // namespace xtape::kernels::attention_blocks
