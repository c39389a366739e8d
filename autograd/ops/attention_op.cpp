// Attention as one op of all heads. Its gradient is another, whose own is made of ops.
#include "autograd/ops/detail/attention_op.hpp"

#include <array>
#include <functional>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/attention.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/matrices.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

kernels::AttentionCall call_of(const AttentionSettings& settings, const std::vector<Tensor>& in,
                               const Tensor& weights) {
  return {.q = in[0],
          .k = in[1],
          .v = in[2],
          .mask = settings.mask(in),
          .keep = settings.keep(in),
          .weights = weights,
          .scale = settings.how.scale,
          .kept_scale = settings.kept_scale(),
          .causal = settings.how.causal,
          .causal_offset = settings.how.causal_offset};
}

Attributes attributes_from(const AttentionSettings& settings) {
  return {{"scale", settings.how.scale},
          {"is_causal", settings.how.causal},
          {"causal_offset", settings.how.causal_offset},
          {"masked", settings.masked},
          {"dropped", settings.dropped},
          {"dropout_p", settings.how.dropout_p},
          {"kept", settings.kept}};
}

/// Inputs of sizes {N, H, L, S, E, D}, with what the settings ask for.
std::function<std::vector<Tensor>()> attention_inputs(const std::array<std::int64_t, 6>& sizes,
                                                      const AttentionSettings& settings, bool with_gradient) {
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
  const auto add = [&](const std::array<std::int64_t, 6>& sizes, const AttentionSettings& settings) {
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

  AttentionSettings settings;
  Tensor weights = {};  // where they were kept: what q, k and the mask give, and so no input

  std::array<Tensor, 3> forward(const std::vector<Tensor>& in) const {
    return kernels::attention_backward(call_of(settings, in, weights), in[settings.count()]);
  }
  void vjp(const Inputs& in, const Outputs&, const Outputs& h, Wrt& wrt) const;

  Attributes attributes() const { return attributes_from(settings); }
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

  AttentionSettings settings;

  std::array<Tensor, 2> forward(const std::vector<Tensor>& in) const {
    const Shape& q = in[0].shape();
    if (!settings.kept)
      return {kernels::attention(call_of(settings, in, {})), make_tensor({0}, in[0].dtype())};
    const Tensor weights = make_tensor({q[0], q[1], q[2], in[1].shape()[2]}, in[0].dtype());
    return {kernels::attention(call_of(settings, in, weights)), weights};
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

  Attributes attributes() const { return attributes_from(settings); }
  static Cases<Attention> cases() {
    AttentionSettings kept{Attending{.scale = 0.7, .causal = true}};
    kept.kept = true;
    Cases<Attention> cases = attention_cases<Attention>(false);
    cases.add({.make = attention_inputs({1, 2, 3, 4, 2, 2}, kept, false)}, {kept});
    kept.masked = kept.dropped = true;
    kept.how.dropout_p = 0.4;
    return cases.add({.make = attention_inputs({2, 1, 3, 3, 2, 1}, kept, false)}, {kept});
  }
};

}  // namespace

Tensor detail::record_attention(const AttentionSettings& settings, const std::vector<Tensor>& in) {
  return record(Attention{settings}, in)[0];
}

}  // namespace xtape
