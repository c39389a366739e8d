// MultiheadAttention: attention of several heads, with the products before and behind it.
#pragma once

#include <optional>
#include <tuple>

#include "nn/layers/key_value_cache.hpp"
#include "nn/layers/linear.hpp"
#include "nn/module/module_of.hpp"

namespace xtape::nn {

struct MultiheadAttentionOptions {
  double dropout = 0;          ///< of the weights, in training
  bool bias = true;            ///< whether the products add one
  bool add_bias_kv = false;    ///< whether a learnt key and value stand behind the others
  bool add_zero_attn = false;  ///< whether a key and a value of zeros do
  std::optional<std::int64_t> kdim = std::nullopt;  ///< the size of keys, embed_dim where left out
  std::optional<std::int64_t> vdim = std::nullopt;  ///< and of values
  bool batch_first = false;                         ///< whether inputs are {N, L, E}, and not {L, N, E}
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};

struct MultiheadAttentionForwardOptions {
  /// {N, S}: bool, true for keys that are left out, or floats, added to the scores.
  Tensor key_padding_mask = {};
  bool need_weights = true;  ///< without them no {L, S} is kept, which is faster
  /// {L, S} or {N num_heads, L, S}: bool, true where a key is left out, or floats, added to the scores.
  Tensor attn_mask = {};
  bool average_attn_weights = true;  ///< of all heads
  bool is_causal = false;  ///< query i sees the keys 0 ... i; an attn_mask, where given, says so itself
  /// The keys and values of earlier calls, to which this one adds its own; is_causal counts from there.
  KeyValueCache* cache = nullptr;
};

/// PyTorch's name for a Linear that it does not quantize.
struct NonDynamicallyQuantizableLinear : Linear {
  using Linear::Linear;
};

/// For each head of Q = q Wq^T + bq, K and V likewise: softmax(Q K^T / sqrt(E / num_heads) + mask) V, the
/// heads side by side, and then out_proj. q {L, N, E}, k {S, N, kdim}, v {S, N, vdim}, or with N first where
/// batch_first, or without N. (Vaswani and others, "Attention is all you need", 2017.)
class MultiheadAttention : public ModuleOf<MultiheadAttention> {
 public:
  using ForwardOptions = MultiheadAttentionForwardOptions;

  MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads,
                     const MultiheadAttentionOptions& options = {});

  /// The output like q, and the weights {N, L, S}, of all heads {N, num_heads, L, S}; undefined where they
  /// are not needed.
  std::tuple<Tensor, Tensor> forward(const Tensor& q, const Tensor& k, const Tensor& v,
                                     const ForwardOptions& options = {});
  std::tuple<Tensor, Tensor> operator()(const Tensor& q, const Tensor& k, const Tensor& v,
                                        const ForwardOptions& options = {}) {
    return call([&] { return forward(q, k, v, options); }, q, k, v);
  }

  std::int64_t embed_dim() const { return embed_dim_; }
  std::int64_t num_heads() const { return num_heads_; }

 private:
  struct Heads;
  Heads projected(const Tensor& q, const Tensor& k, const Tensor& v) const;
  Tensor project(const Tensor& x, int first, int count) const;
  Tensor as_heads(const Tensor& x) const;
  void check_inputs(const Tensor& q, const Tensor& k, const Tensor& v) const;
  Tensor masked(const Heads& heads, const ForwardOptions& options) const;
  void append_keys(Heads& heads, Tensor& mask) const;
  std::tuple<Tensor, Tensor> attend(const Heads& heads, const Tensor& mask,
                                    const ForwardOptions& options) const;

  std::int64_t embed_dim_, num_heads_;
  MultiheadAttentionOptions options_;
  Parameter in_proj_weight_, q_proj_weight_, k_proj_weight_, v_proj_weight_, in_proj_bias_, bias_k_, bias_v_;
  NonDynamicallyQuantizableLinear out_proj_;
};

}  // namespace xtape::nn
