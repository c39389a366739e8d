// Attention: products of blocks of queries with all keys that they see, and a softmax of their rows in place.
// The way back computes the weights again where they were not kept.
#include "autograd/kernels/attention.hpp"

#include <algorithm>
#include <limits>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/attention_blocks.hpp"

namespace xtape::kernels {

using namespace attention_blocks;

namespace {

/// The kept weights of a block.
template <class T>
Rows<T> kept_rows(const Plan<T>& plan, const Block& block) {
  return {plan.weights + (block.head * plan.queries + block.top) * plan.keys, plan.keys};
}

template <class T>
void mask_row(const Plan<T>& plan, const Block& block, std::int64_t i, T* row, std::int64_t n) {
  const std::int64_t image = block.head / plan.h, h = block.head % plan.h;
  if (plan.allowed.data != nullptr) {
    const bool* allowed = plan.allowed.row(image, h, i);
    const std::int64_t step = plan.allowed.step();
    for (std::int64_t j = 0; j < n; ++j)
      row[j] = allowed[j * step] ? row[j] : -std::numeric_limits<T>::infinity();
  }
  if (plan.bias.data != nullptr) {
    const T* bias = plan.bias.row(image, h, i);
    const std::int64_t step = plan.bias.step();
    for (std::int64_t j = 0; j < n; ++j) row[j] += bias[j * step];
  }
}

/// `seen` in whole registers: loops are faster over some more elements than over a part of one.
std::int64_t in_registers(std::int64_t seen, std::int64_t columns) {
  return std::min(columns, (seen + 15) / 16 * 16);
}

/// The queries of a block times the scale.
template <class T>
Rows<T> scaled_queries(const Plan<T>& plan, const Block& block, const Scratch<T>& scratch) {
  const Matrix<T> q = plan.q.from_row(block.head, block.top);
  const Rows<T> to{scratch.queries(), std::max<std::int64_t>(1, plan.depth)};
  for (std::int64_t i = 0; i < block.rows; ++i) {
    scale_row(q.data + i * q.leading, to[i], plan.depth, plan.scale);
  }
  return to;
}

/// The weights of a block, 0 for the keys that a row does not see, written to p of as many columns.
template <class T>
void find_weights(const Plan<T>& plan, const Block& block, const Rows<T>& queries, T* p) {
  Matrix<T> k = plan.k.from_row(block.head, 0);
  k.transposed = true;
  gemm<T>(block.rows, block.columns, plan.depth, queries, k, false, p);
  for (std::int64_t i = 0; i < block.rows; ++i) {
    T* row = p + i * block.columns;
    const std::int64_t seen = plan.seen_by(block.top + i), whole = in_registers(seen, block.columns);
    mask_row(plan, block, block.top + i, row, seen);
    std::fill(row + seen, row + whole, -std::numeric_limits<T>::infinity());
    simd<T>().softmax(row, row, whole);
    std::fill(row + whole, row + block.columns, T(0));
  }
}

/// The weights of a block on the way forward, kept where they are to be.
template <class T>
Rows<T> weights_of(const Plan<T>& plan, const Block& block, const Scratch<T>& scratch) {
  const Rows<T> queries = scaled_queries(plan, block, scratch);
  const bool keeps = plan.weights != nullptr;
  if (keeps && block.columns == plan.keys) {
    find_weights(plan, block, queries, kept_rows(plan, block).data);
    return kept_rows(plan, block);
  }
  const Rows<T> p{scratch.first(), block.columns};
  find_weights(plan, block, queries, p.data);
  for (std::int64_t i = 0; keeps && i < block.rows; ++i) {
    T* kept = kept_rows(plan, block)[i];
    std::fill(std::copy_n(p[i], block.columns, kept), kept + plan.keys, T(0));
  }
  return p;
}

/// to = from, without what is dropped.
template <class T>
void drop(const Plan<T>& plan, const Block& block, const Rows<T>& from, const Rows<T>& to) {
  for (std::int64_t i = 0; i < block.rows; ++i) {
    const bool* keep = plan.keep.row(block.head / plan.h, block.head % plan.h, block.top + i);
    const std::int64_t step = plan.keep.step();
    for (std::int64_t j = 0; j < block.columns; ++j)
      to[i][j] = keep[j * step] ? plan.kept_scale * from[i][j] : T(0);
  }
}

template <class T>
void attend(const Plan<T>& plan, const Block& block, const Scratch<T>& scratch, const HeadRows<T>& y) {
  Rows<T> p = weights_of(plan, block, scratch);
  if (plan.keep.data != nullptr) {
    const Rows<T> kept{scratch.second(), block.columns};
    drop(plan, block, p, kept);
    p = kept;
  }
  gemm<T>(block.rows, plan.values, block.columns, p, plan.v.from_row(block.head, 0), false,
          scratch.results());
  y.write(scratch.results(), block.top, block.rows, plan.values, T(1));
}

/// Where the gradients of one head go: those of its queries to their place, the sums of the others to
/// matrices.
template <class T>
struct HeadGradients {
  HeadRows<T> q;
  T *k, *v;
};

/// With P the weights and P' what dropout keeps of them: dv += P'^T g, dS = P (dP - sum(dP P)), dP what it
/// keeps of g v^T, dq = scale dS k, dk += dS^T (scale q).
template <class T>
void attend_backward(const Plan<T>& plan, const Block& block, const Scratch<T>& scratch, const Matrix<T>& g,
                     const HeadGradients<T>& to) {
  const std::int64_t rows = block.rows, columns = block.columns;
  const bool drops = plan.keep.data != nullptr;
  const Rows<T> queries = scaled_queries(plan, block, scratch);
  const Rows<T> p = plan.weights != nullptr ? kept_rows(plan, block) : Rows<T>{scratch.first(), columns};
  const Rows<T> dp{scratch.second(), columns};
  if (plan.weights == nullptr) find_weights(plan, block, queries, p.data);
  if (drops) drop(plan, block, p, dp);
  gemm<T>(columns, plan.values, rows, (drops ? dp : p).transposed(), g, true, to.v);
  Matrix<T> v = plan.v.from_row(block.head, 0);
  v.transposed = true;
  gemm<T>(rows, columns, plan.values, g, v, false, dp.data);
  if (drops) drop(plan, block, dp, dp);
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t seen = plan.seen_by(block.top + i), whole = in_registers(seen, columns);
    std::fill(dp[i] + seen, dp[i] + columns, T(0));
    simd<T>().softmax_backward(p[i], dp[i], dp[i], whole);
  }
  gemm<T>(rows, plan.depth, columns, dp, plan.k.from_row(block.head, 0), false, scratch.results());
  to.q.write(scratch.results(), block.top, rows, plan.depth, plan.scale);
  gemm<T>(columns, plan.depth, rows, dp.transposed(), queries, true, to.k);
}

/// How many blocks are worth waking a thread, some 50 us.
template <class T>
std::int64_t grain_of(const Plan<T>& plan, std::int64_t blocks_each) {
  const double operations = 2.0 * static_cast<double>(blocks_each * plan.block_rows) *
                            static_cast<double>(plan.keys) * static_cast<double>(plan.depth + plan.values);
  return static_cast<std::int64_t>(4e6 / std::max(operations, 1.0)) + 1;
}

}  // namespace

Tensor attention(const AttentionCall& call) {
  const Shape& q = call.q.shape();
  const Shape shape{q[0], q[1], q[2], call.v.shape()[3]};
  if (call.k.shape()[2] == 0) return zeros(shape, {.dtype = call.q.dtype()});
  const Tensor y = make_heads(shape, call.q.dtype());
  if (y.numel() == 0 && !call.weights.defined()) return y;
  visit_floating(y.dtype(), "scaled_dot_product_attention", [&](auto zero) {
    using T = decltype(zero);
    const Plan<T> plan(call);
    parallel_for(plan.heads * plan.blocks, grain_of(plan, 1), [&](std::int64_t begin, std::int64_t end) {
      const Scratch<T> scratch(plan);
      for (std::int64_t task = begin; task < end; ++task)
        attend(plan, Block(plan, task / plan.blocks, task % plan.blocks), scratch,
               HeadRows<T>(y, task / plan.blocks));
    });
  });
  return y;
}

std::array<Tensor, 3> attention_backward(const AttentionCall& call, const Tensor& g) {
  const auto like = [](const Tensor& x) { return make_heads(x.shape(), x.dtype()); };
  const std::array<Tensor, 3> gradients{like(call.q), like(call.k), like(call.v)};
  if (call.q.shape()[2] == 0 || call.k.shape()[2] == 0) {
    for (const Tensor& gradient : gradients) gradient.zero_();
    return gradients;
  }
  if (gradients[0].numel() + gradients[2].numel() == 0) return gradients;
  visit_floating(g.dtype(), "scaled_dot_product_attention", [&](auto zero) {
    using T = decltype(zero);
    const Plan<T> plan(call);
    const Heads<T> of_y(g);
    // A head is one task, since all its queries add to the gradients of its keys.
    parallel_for(plan.heads, grain_of(plan, plan.blocks), [&](std::int64_t begin, std::int64_t end) {
      const Scratch<T> scratch(plan);
      const Tensor sums = make_tensor({plan.keys * (plan.depth + plan.values)}, dtype_of<T>());
      for (std::int64_t head = begin; head < end; ++head) {
        T *dk = sums.data<T>(), *dv = dk + plan.keys * plan.depth;
        std::fill_n(dk, sums.numel(), T(0));
        const HeadGradients<T> to{{gradients[0], head}, dk, dv};
        for (std::int64_t b = 0; b < plan.blocks; ++b) {
          const Block block(plan, head, b);
          attend_backward(plan, block, scratch, of_y.from_row(head, block.top), to);
        }
        HeadRows<T>(gradients[1], head).write(dk, 0, plan.keys, plan.depth, T(1));
        HeadRows<T>(gradients[2], head).write(dv, 0, plan.keys, plan.values, T(1));
      }
    });
  });
  return gradients;
}

}  // namespace xtape::kernels
