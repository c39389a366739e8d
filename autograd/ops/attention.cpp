// Attention as a function: what it takes and checks, and which op it records.
#include "autograd/ops/attention.hpp"

#include <cmath>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/ops/detail/attention.hpp"
#include "autograd/ops/detail/attention_op.hpp"
#include "autograd/ops/detail/matrices.hpp"
#include "autograd/tensor/attention_options.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// Weights of a head that are kept for the way back. To compute them again takes a sixth longer; more of them
/// are not worth their memory.
constexpr std::int64_t kMostKept = 1 << 20;

void check_operands(const Tensor& q, const Tensor& k, const Tensor& v) {
  constexpr const char* op = "scaled_dot_product_attention";
  check_floating(q.dtype(), op);
  check(q.dtype() == k.dtype() && q.dtype() == v.dtype(), "{}: q is {}, k {} and v {}; expected one dtype",
        op, q.dtype(), k.dtype(), v.dtype());
  const bool matrices = q.dim() >= 2 && k.dim() >= 2 && v.dim() >= 2;
  check(matrices && q.size(-1) == k.size(-1) && k.size(-2) == v.size(-2),
        "{}: q {}, k {} and v {} do not fit; expected {{..., L, E}}, {{..., S, E}} and {{..., S, D}}", op,
        q.shape(), k.shape(), v.shape());
}

void check_options(const Tensor& q, const Shape& scores, const ScaledDotProductAttentionOptions& options) {
  constexpr const char* op = "scaled_dot_product_attention";
  check(options.dropout_p >= 0 && options.dropout_p <= 1, "{}: dropout_p is {}; expected a probability", op,
        options.dropout_p);
  check(options.causal_offset >= 0, "{}: causal_offset is {}; expected 0 or more", op, options.causal_offset);
  const Tensor& mask = options.attn_mask;
  if (!mask.defined()) return;
  check(mask.dtype() == kBool || mask.dtype() == q.dtype(), "{}: the mask is {}; expected bool or {}", op,
        mask.dtype(), q.dtype());
  check(broadcasts_to(mask.shape(), scores), "{}: a mask of shape {} does not broadcast to {}", op,
        mask.shape(), scores);
}

/// All dims but the last two.
Shape batch_of(const Tensor& x) { return Shape(x.shape().begin(), x.shape().end() - 2); }

Shape with_matrix(Shape batch, std::int64_t rows, std::int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

/// x expanded to this batch, as {N, H, rows, columns}.
Tensor as_heads(const Tensor& x, const Shape& batch) {
  const std::int64_t rows = x.size(-2), columns = x.size(-1);
  const Tensor all = x.expand(with_matrix(batch, rows, columns));
  if (batch.size() == 2) return all;
  if (batch.size() == 0) return all.reshape({1, 1, rows, columns});
  const std::int64_t heads = batch.back();
  const std::int64_t images = Shape(batch.begin(), batch.end() - 1).numel();
  return all.reshape({images, heads, rows, columns});
}

/// A mask broadcast to scores of these sizes.
Tensor mask_of(const Tensor& mask, const Shape& scores) {
  const Shape batch(scores.begin(), scores.end() - 2);
  return as_heads(mask.expand(scores), batch);
}

/// The same made of ops, which differentiate the mask too.
Tensor composed(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, const Tensor& keep,
                const AttentionSettings& settings) {
  const Tensor p = attention_weights(q, k, mask, settings.how);
  return matmul(keep.defined() ? p * (keep.to(p.dtype()) * settings.kept_scale()) : p, v);
}

Tensor computed(const Tensor& q, const Tensor& k, const Tensor& v,
                const ScaledDotProductAttentionOptions& options) {
  check_operands(q, k, v);
  const Shape batch =
      broadcast_shapes(broadcast_shapes(batch_of(q), batch_of(k), "scaled_dot_product_attention"),
                       batch_of(v), "scaled_dot_product_attention");
  const Shape scores = with_matrix(batch, q.size(-2), k.size(-2));
  check_options(q, scores, options);
  const double depth = static_cast<double>(std::max<std::int64_t>(1, q.size(-1)));
  const Tensor& mask = options.attn_mask;
  AttentionSettings settings{.how = {.scale = options.scale.value_or(1 / std::sqrt(depth)),
                                     .causal = options.is_causal,
                                     .causal_offset = options.causal_offset,
                                     .dropout_p = options.dropout_p},
                             .masked = mask.defined(),
                             .dropped = options.dropout_p > 0};
  Tensor keep;
  if (settings.dropped) keep = rand(scores, {.generator = options.generator}) >= options.dropout_p;
  if (mask.defined() && mask.requires_grad() && grad_enabled())
    return composed(q, k, v, mask, keep, settings);
  const bool differentiated = grad_enabled() && (q.requires_grad() || k.requires_grad() || v.requires_grad());
  settings.kept = differentiated && q.size(-2) * k.size(-2) <= kMostKept;
  std::vector<Tensor> in{as_heads(q, batch), as_heads(k, batch), as_heads(v, batch)};
  if (mask.defined()) in.push_back(mask_of(mask, scores));
  if (keep.defined()) in.push_back(mask_of(keep, scores));
  return record_attention(settings, in).reshape(with_matrix(batch, q.size(-2), v.size(-1)));
}

}  // namespace

Tensor detail::attention_weights(const Tensor& q, const Tensor& k, const Tensor& mask, const Attending& how) {
  constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
  Tensor scores = matmul(how.scale * q, turned(k));
  if (mask.defined())
    scores = mask.dtype() == kBool ? masked_fill(scores, logical_not(mask), kMinusInfinity) : scores + mask;
  if (how.causal) {
    const Tensor all = ones({q.size(-2), k.size(-2)}, {.dtype = kBool});
    scores = masked_fill(scores, triu(all, how.causal_offset + 1), kMinusInfinity);
  }
  return softmax(scores, -1);
}

Tensor detail::attend(const Tensor& q, const Tensor& k, const Tensor& v,
                      const ScaledDotProductAttentionOptions& options) {
  if (is_traced()) [[unlikely]] {
    std::vector<Tensor> inputs{q, k, v};
    if (options.attn_mask.defined()) inputs.push_back(options.attn_mask);
    const double depth = static_cast<double>(q.dim() > 0 ? q.size(-1) : 1);
    return report("scaled_dot_product_attention", inputs,
                  {{"dropout_p", options.dropout_p},
                   {"is_causal", options.is_causal},
                   {"scale", options.scale.value_or(1 / std::sqrt(depth))},
                   {"causal_offset", options.causal_offset}},
                  [&] { return computed(q, k, v, options); });
  }
  return computed(q, k, v, options);
}

Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  return attend(q, k, v, {});
}

Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                                    const ScaledDotProductAttentionOptions& options) {
  check(!options.is_causal || !options.attn_mask.defined(),
        "scaled_dot_product_attention: is_causal stands beside attn_mask; expected one of them");
  return attend(q, k, v, options);
}

}  // namespace xtape
