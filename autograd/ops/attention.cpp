// Attention as one op of all heads. Its gradient is another, whose own is made of ops.
#include "autograd/ops/attention.hpp"

#include <cmath>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/attention.hpp"
#include "autograd/ops/detail/attention.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/matrices.hpp"
#include "autograd/tensor/attention_options.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// Weights of a head that are kept for the way back. To compute them again takes a sixth longer; more of them
/// are not worth their memory.
constexpr std::int64_t kMostKept = 1 << 20;

/// The op's settings, and which of its inputs there are: q, k, v and then a mask, what dropout keeps, and for
/// the gradient that of the output.
struct Settings {
  Attending how;
  bool masked = false, dropped = false;
  bool kept = false;  // whether the weights are an output, for the way back

  double kept_scale() const { return how.dropout_p < 1 ? 1 / (1 - how.dropout_p) : 0; }
  template <class List>
  Tensor mask(const List& in) const {
    return masked ? in[3] : Tensor();
  }
  template <class List>
  Tensor keep(const List& in) const {
    return dropped ? in[masked ? 4 : 3] : Tensor();
  }
  std::size_t count() const { return std::size_t{3} + std::size_t{masked} + std::size_t{dropped}; }

  kernels::AttentionCall call(const std::vector<Tensor>& in, const Tensor& weights) const {
    return {.q = in[0],
            .k = in[1],
            .v = in[2],
            .mask = mask(in),
            .keep = keep(in),
            .weights = weights,
            .scale = how.scale,
            .kept_scale = kept_scale(),
            .causal = how.causal,
            .causal_offset = how.causal_offset};
  }
  Attributes attributes() const {
    return {{"scale", how.scale}, {"is_causal", how.causal}, {"causal_offset", how.causal_offset},
            {"masked", masked},   {"dropped", dropped},      {"dropout_p", how.dropout_p},
            {"kept", kept}};
  }
};

/// Inputs of sizes {N, H, L, S, E, D}, with what the settings ask for.
std::function<std::vector<Tensor>()> attention_inputs(const std::array<std::int64_t, 6>& sizes,
                                                      const Settings& settings, bool with_gradient) {
  return [=] {
    const auto [n, h, l, s, e, d] = sizes;
    const auto values = [](const Shape& shape, double factor) {
      return reshape(sin(factor * arange(0, shape.numel(), {.dtype = kFloat64}) + factor), shape);
    };
    std::vector<Tensor> in{values({n, h, l, e}, 1.7), values({n, h, s, e}, 2.3), values({n, h, s, d}, 0.9)};
    if (settings.masked) in.push_back((values({n, 1, l, s}, 3.1) > -0.5).expand({n, h, l, s}));
    if (settings.dropped) in.push_back(values({n, h, l, s}, 5.3) > -0.4);
    if (with_gradient) in.push_back(values({n, h, l, d}, 1.1));
    return in;
  };
}

/// Cases of both ops, with a gradient of the output where one is wanted.
template <class O>
Cases<O> attention_cases(bool with_gradient) {
  Cases<O> cases;
  const auto add = [&](const std::array<std::int64_t, 6>& sizes, const Settings& settings) {
    cases.add({.make = attention_inputs(sizes, settings, with_gradient)}, O{settings});
  };
  const Attending plain{.scale = 0.7}, causal{.scale = 0.7, .causal = true},
      late{.scale = 0.7, .causal = true, .causal_offset = 2};
  add({1, 2, 3, 3, 2, 4}, {plain});
  add({2, 1, 2, 4, 3, 1}, {plain, true});
  add({1, 2, 3, 3, 2, 2}, {causal});
  add({1, 1, 4, 2, 2, 3}, {causal});
  add({1, 1, 2, 4, 2, 3}, {late});
  add({1, 2, 3, 2, 2, 2}, {Attending{.scale = 0.7, .dropout_p = 0.4}, false, true});
  add({1, 1, 3, 4, 2, 2}, {Attending{.scale = 0.7, .causal = true, .dropout_p = 0.2}, true, true});
  add({0, 2, 3, 3, 2, 2}, {plain});
  add({1, 2, 0, 3, 2, 2}, {plain});
  add({1, 2, 3, 0, 2, 2}, {causal});
  return cases;
}

/// {dq, dk, dv} for the gradient g of y. With P the weights and P' what dropout keeps of them (D P):
/// dv = P'^T g, dS = P (dP - sum(dP P)) of dP = D g v^T, dq = scale dS k, dk = scale dS^T q.
struct AttentionBackward {
  static constexpr std::string_view name = "attention_backward";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;

  Settings settings;
  Tensor weights = {};  // where they were kept: what q, k and the mask give, and so no input

  std::array<Tensor, 3> forward(const std::vector<Tensor>& in) const {
    return kernels::attention_backward(settings.call(in, weights), in[settings.count()]);
  }
  void vjp(const Inputs& in, const Outputs&, const Outputs& h, Wrt& wrt) const;

  Attributes attributes() const { return settings.attributes(); }
  static Cases<AttentionBackward> cases() { return attention_cases<AttentionBackward>(true); }
};

Tensor sum_of_rows(const Tensor& x) { return sum(x, -1, true); }

/// The sum of s = <hq, dq> + <hk, dk> + <hv, dv> differentiated: by dS that is x, by P p_bar, by dP y.
void AttentionBackward::vjp(const Inputs& in, const Outputs&, const Outputs& h, Wrt& wrt) const {
  const std::size_t count = settings.count();
  const Tensor &q = in[0], &k = in[1], &v = in[2], &g = in[count];
  const double scale = settings.how.scale;
  const auto given = [](const Tensor& x, const Tensor& like) { return x.defined() ? x : zeros_like(like); };
  const Tensor hq = given(h[0], q), hk = given(h[1], k), hv = given(h[2], v);
  const auto kept = [&](const Tensor& x) {
    return settings.dropped ? x * (settings.keep(in).to(x.dtype()) * settings.kept_scale()) : x;
  };

  const Tensor p = attention_weights(q, k, settings.mask(in), settings.how);
  const Tensor dp = kept(matmul(g, turned(v)));
  const Tensor apart = dp - sum_of_rows(dp * p);
  const Tensor ds = p * apart;
  const Tensor x = scale * (matmul(hq, turned(k)) + matmul(q, turned(hk)));
  const Tensor xp = sum_of_rows(x * p);
  const Tensor y = kept(p * (x - xp));
  const Tensor p_bar = x * apart - dp * xp + kept(matmul(g, turned(hv)));
  const Tensor z = p * (p_bar - sum_of_rows(p_bar * p));
  wrt(0, [&] { return scale * (matmul(ds, hk) + matmul(z, k)); });
  wrt(1, [&] { return scale * (matmul(turned(ds), hq) + matmul(turned(z), q)); });
  wrt(2, [&] { return matmul(turned(y), g); });
  wrt(count, [&] { return matmul(kept(p), hv) + matmul(y, v); });
}

/// {y, P}: y = P' v {N, H, L, D}, P = softmax(scale q k^T + mask) {N, H, L, S}, or {0} where it is not kept
struct Attention {
  static constexpr std::string_view name = "attention";
  static constexpr Reads reads = Reads::inputs_and_output;
  static constexpr bool strided = true;

  Settings settings;

  std::array<Tensor, 2> forward(const std::vector<Tensor>& in) const {
    const Shape& q = in[0].shape();
    if (!settings.kept) return {kernels::attention(settings.call(in, {})), make_tensor({0}, in[0].dtype())};
    const Tensor weights = make_tensor({q[0], q[1], q[2], in[1].shape()[2]}, in[0].dtype());
    return {kernels::attention(settings.call(in, weights)), weights};
  }
  void vjp(const Inputs& in, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    if (g[0].defined()) {
      std::vector<Tensor> list;
      for (std::size_t i = 0; i < in.size(); ++i) list.push_back(in[i]);
      list.push_back(g[0]);
      const Tensor weights = settings.kept ? y[1].detach() : Tensor();
      const auto gradients = record(AttentionBackward{settings, weights}, list);
      for (std::size_t i = 0; i < 3; ++i) wrt(i, [&] { return gradients[i]; });
    }
    if (g[1].defined() && settings.kept) {
      const Tensor z = settings.how.scale * (y[1] * (g[1] - sum_of_rows(g[1] * y[1])));
      wrt(0, [&] { return matmul(z, in[1]); });
      wrt(1, [&] { return matmul(turned(z), in[0]); });
    }
  }

  Attributes attributes() const { return settings.attributes(); }
  static Cases<Attention> cases() {
    Settings kept{Attending{.scale = 0.7, .causal = true}};
    kept.kept = true;
    Cases<Attention> cases = attention_cases<Attention>(false);
    cases.add({.make = attention_inputs({1, 2, 3, 4, 2, 2}, kept, false)}, {kept});
    kept.masked = kept.dropped = true;
    kept.how.dropout_p = 0.4;
    return cases.add({.make = attention_inputs({2, 1, 3, 3, 2, 1}, kept, false)}, {kept});
  }
};

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
                const Settings& settings) {
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
  Settings settings{.how = {.scale = options.scale.value_or(1 / std::sqrt(depth)),
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
  return record(Attention{settings}, in)[0].reshape(with_matrix(batch, q.size(-2), v.size(-1)));
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
