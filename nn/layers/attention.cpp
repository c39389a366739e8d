// MultiheadAttention: its initial values, the products around the attention, and its masks.
#include "nn/layers/attention.hpp"

#include <cmath>
#include <limits>

#include "autograd/ops/detail/attention.hpp"
#include "autograd/tensor/attention_options.hpp"
#include "nn/init.hpp"

namespace xtape::nn {

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

void check_options(std::int64_t embed_dim, std::int64_t num_heads, const MultiheadAttentionOptions& options) {
  check(embed_dim > 0 && num_heads > 0,
        "MultiheadAttention: embed_dim is {} and num_heads {}; expected both above 0", embed_dim, num_heads);
  check(embed_dim % num_heads == 0,
        "MultiheadAttention: embed_dim {} does not fall into {} heads; expected a multiple", embed_dim,
        num_heads);
  check(options.dropout >= 0 && options.dropout <= 1,
        "MultiheadAttention: dropout is {}; expected a probability", options.dropout);
  check(is_floating(options.dtype), "MultiheadAttention: the dtype is {}; expected float32 or float64",
        options.dtype);
}

/// Whether keys or values are of another size than the queries, which takes a weight for each of the three.
bool differ(std::int64_t embed_dim, const MultiheadAttentionOptions& options) {
  return options.kdim.value_or(embed_dim) != embed_dim || options.vdim.value_or(embed_dim) != embed_dim;
}

Tensor uniform_weight(bool wanted, std::int64_t out, std::int64_t in,
                      const MultiheadAttentionOptions& options) {
  if (!wanted) return {};
  return init::xavier_uniform_(empty({out, in}, {.dtype = options.dtype}), 1, options.generator);
}

Tensor extra_word(std::int64_t embed_dim, const MultiheadAttentionOptions& options) {
  if (!options.add_bias_kv) return {};
  return init::xavier_normal_(empty({1, 1, embed_dim}, {.dtype = options.dtype}), 1, options.generator);
}

NonDynamicallyQuantizableLinear out_proj(std::int64_t embed_dim, const MultiheadAttentionOptions& options) {
  NonDynamicallyQuantizableLinear linear(
      embed_dim, embed_dim, {.bias = options.bias, .dtype = options.dtype, .generator = options.generator});
  if (options.bias) init::zeros_(linear.bias());
  return linear;
}

void check_mask(const Tensor& mask, DType dtype, const char* what) {
  check(mask.dtype() == kBool || mask.dtype() == dtype, "MultiheadAttention: {} is {}; expected bool or {}",
        what, mask.dtype(), dtype);
}

/// a and b, bool with true for what is left out, or floats to add, as one of them; either may be undefined.
Tensor merged(const Tensor& a, const Tensor& b, DType dtype) {
  if (!a.defined() || !b.defined()) return a.defined() ? a : b;
  if (a.dtype() == kBool && b.dtype() == kBool) return logical_or(a, b);
  const auto added = [&](const Tensor& mask) {
    if (mask.dtype() != kBool) return mask;
    return masked_fill(zeros(mask.shape(), {.dtype = dtype}), mask, kMinusInfinity);
  };
  return added(a) + added(b);
}

/// A mask with one more key, which all queries see.
Tensor with_one_more(const Tensor& mask) {
  if (!mask.defined()) return mask;
  Shape shape = mask.shape();
  shape[shape.size() - 1] = 1;
  return cat({mask, zeros(shape, {.dtype = mask.dtype()})}, -1);
}

}  // namespace

/// Queries, keys and values as {N, H, words, D}.
struct MultiheadAttention::Heads {
  Tensor q, k, v;
  std::int64_t before = 0;  // words of the cache
};

MultiheadAttention::MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads,
                                       const MultiheadAttentionOptions& options)
    : embed_dim_((check_options(embed_dim, num_heads, options), embed_dim)),
      num_heads_(num_heads),
      options_(options),
      in_proj_weight_(register_parameter(
          "in_proj_weight", uniform_weight(!differ(embed_dim, options), 3 * embed_dim, embed_dim, options))),
      q_proj_weight_(register_parameter(
          "q_proj_weight", uniform_weight(differ(embed_dim, options), embed_dim, embed_dim, options))),
      k_proj_weight_(register_parameter(
          "k_proj_weight",
          uniform_weight(differ(embed_dim, options), embed_dim, options.kdim.value_or(embed_dim), options))),
      v_proj_weight_(register_parameter(
          "v_proj_weight",
          uniform_weight(differ(embed_dim, options), embed_dim, options.vdim.value_or(embed_dim), options))),
      in_proj_bias_(register_parameter(
          "in_proj_bias", options.bias ? zeros({3 * embed_dim}, {.dtype = options.dtype}) : Tensor())),
      bias_k_(register_parameter("bias_k", extra_word(embed_dim, options))),
      bias_v_(register_parameter("bias_v", extra_word(embed_dim, options))),
      out_proj_(register_module("out_proj", out_proj(embed_dim, options))) {}

void MultiheadAttention::check_inputs(const Tensor& q, const Tensor& k, const Tensor& v) const {
  const std::int64_t kdim = options_.kdim.value_or(embed_dim_), vdim = options_.vdim.value_or(embed_dim_);
  const bool dims = (q.dim() == 2 || q.dim() == 3) && k.dim() == q.dim() && v.dim() == q.dim();
  check(dims && q.size(-1) == embed_dim_ && k.size(-1) == kdim && v.size(-1) == vdim,
        "MultiheadAttention: q {}, k {} and v {} do not fit; expected 2 or 3 dims, the last of {}, {} and {}",
        q.shape(), k.shape(), v.shape(), embed_dim_, kdim, vdim);
  const int batch = options_.batch_first ? 0 : 1, words = 1 - batch;
  const bool batches = q.dim() == 2 || (k.size(batch) == q.size(batch) && v.size(batch) == q.size(batch));
  check(batches && k.size(q.dim() == 2 ? 0 : words) == v.size(q.dim() == 2 ? 0 : words),
        "MultiheadAttention: q {}, k {} and v {} are not of one batch, or keys not of the values' number",
        q.shape(), k.shape(), v.shape());
}

Tensor MultiheadAttention::project(const Tensor& x, int first, int count) const {
  const Tensor weight =
      count == 3 ? *in_proj_weight_ : narrow(in_proj_weight_, 0, first * embed_dim_, count * embed_dim_);
  if (!in_proj_bias_->defined()) return linear(x, weight);
  const Tensor bias =
      count == 3 ? *in_proj_bias_ : narrow(in_proj_bias_, 0, first * embed_dim_, count * embed_dim_);
  return linear(x, weight, bias);
}

Tensor MultiheadAttention::as_heads(const Tensor& x) const {
  const Tensor heads = x.reshape({x.size(0), x.size(1), num_heads_, embed_dim_ / num_heads_});
  return options_.batch_first ? heads.transpose(1, 2) : heads.permute({1, 2, 0, 3});
}

MultiheadAttention::Heads MultiheadAttention::projected(const Tensor& q, const Tensor& k,
                                                        const Tensor& v) const {
  const auto part = [&](const Tensor& x, int at) {
    return as_heads(narrow(x, -1, at * embed_dim_, embed_dim_));
  };
  if (!in_proj_weight_->defined()) {
    const auto of = [&](const Tensor& x, const Tensor& weight, int at) {
      if (!in_proj_bias_->defined()) return as_heads(linear(x, weight));
      return as_heads(linear(x, weight, narrow(in_proj_bias_, 0, at * embed_dim_, embed_dim_)));
    };
    return {of(q, q_proj_weight_, 0), of(k, k_proj_weight_, 1), of(v, v_proj_weight_, 2)};
  }
  if (!k.is_same(v))
    return {as_heads(project(q, 0, 1)), as_heads(project(k, 1, 1)), as_heads(project(v, 2, 1))};
  if (!q.is_same(k)) {
    const Tensor both = project(k, 1, 2);
    return {as_heads(project(q, 0, 1)), part(both, 0), part(both, 1)};
  }
  const auto [heads_q, heads_k, heads_v] =
      xtape::detail::split_heads(project(q, 0, 3), num_heads_, options_.batch_first);
  return {heads_q, heads_k, heads_v};
}

/// Both masks as one that broadcasts to {N, H, L, S}: true, or minus infinity, where a key is left out.
Tensor MultiheadAttention::masked(const Heads& heads, const ForwardOptions& options) const {
  const std::int64_t batch = heads.q.size(0), queries = heads.q.size(2), keys = heads.k.size(2);
  const DType dtype = heads.q.dtype();
  Tensor padding = options.key_padding_mask, mask = options.attn_mask;
  if (padding.defined()) {
    check_mask(padding, dtype, "key_padding_mask");
    if (padding.dim() == 1) padding = padding.unsqueeze(0);
    check(padding.shape() == Shape{batch, keys},
          "MultiheadAttention: key_padding_mask is of shape {}; expected {}", padding.shape(),
          Shape{batch, keys});
    padding = padding.reshape({batch, 1, 1, keys});
  }
  if (mask.defined()) {
    check_mask(mask, dtype, "attn_mask");
    const Shape one{queries, keys}, each{batch * num_heads_, queries, keys};
    check(mask.shape() == one || mask.shape() == each,
          "MultiheadAttention: attn_mask is of shape {}; expected {} or {}", mask.shape(), one, each);
    if (mask.dim() == 3) mask = mask.reshape({batch, num_heads_, queries, keys});
  }
  return merged(mask, padding, dtype);
}

/// The learnt key and value and those of zeros, behind the others.
void MultiheadAttention::append_keys(Heads& heads, Tensor& mask) const {
  const Shape shape{heads.k.size(0), num_heads_, 1, embed_dim_ / num_heads_};
  if (bias_k_->defined()) {
    const auto word = [&](const Tensor& bias) {
      return bias.reshape({1, num_heads_, 1, embed_dim_ / num_heads_}).expand(shape);
    };
    heads.k = cat({heads.k, word(bias_k_)}, 2);
    heads.v = cat({heads.v, word(bias_v_)}, 2);
    mask = with_one_more(mask);
  }
  if (options_.add_zero_attn) {
    const Tensor none = zeros(shape, {.dtype = heads.k.dtype()});
    heads.k = cat({heads.k, none}, 2);
    heads.v = cat({heads.v, none}, 2);
    mask = with_one_more(mask);
  }
}

std::tuple<Tensor, Tensor> MultiheadAttention::attend(const Heads& heads, const Tensor& mask,
                                                      const ForwardOptions& options) const {
  const bool causal = options.is_causal && !options.attn_mask.defined();
  const double p = is_training() ? options_.dropout : 0;
  const Tensor allowed = mask.defined() && mask.dtype() == kBool ? logical_not(mask) : mask;
  if (!options.need_weights) {
    return {xtape::detail::attend(heads.q, heads.k, heads.v,
                                  {.attn_mask = allowed,
                                   .dropout_p = p,
                                   .is_causal = causal,
                                   .causal_offset = causal ? heads.before : 0}),
            Tensor()};
  }
  const std::int64_t depth = embed_dim_ / num_heads_;
  const double scale = 1 / std::sqrt(static_cast<double>(depth));
  const Tensor weights = dropout(
      xtape::detail::attention_weights(heads.q, heads.k, allowed,
                                       {.scale = scale, .causal = causal, .causal_offset = heads.before}),
      p);
  return {matmul(weights, heads.v), options.average_attn_weights ? mean(weights, 1) : weights};
}

std::tuple<Tensor, Tensor> MultiheadAttention::forward(const Tensor& q, const Tensor& k, const Tensor& v,
                                                       const ForwardOptions& given) {
  check_inputs(q, k, v);
  ForwardOptions options = given;
  const int batch = options_.batch_first ? 0 : 1;
  if (q.dim() == 2) {
    const Tensor x = q.unsqueeze(batch), keys = k.is_same(q) ? x : k.unsqueeze(batch);
    auto [y, weights] = forward(x, keys, v.is_same(k) ? keys : v.unsqueeze(batch), options);
    return {y.squeeze(batch), weights.defined() ? weights.squeeze(0) : weights};
  }
  const bool appends = bias_k_->defined() || options_.add_zero_attn;
  check(!options.cache || !appends,
        "MultiheadAttention: a cache has no place for add_bias_kv or add_zero_attn");
  Heads heads = projected(q, k, v);
  if (options.cache) {
    heads.before = options.cache->length();
    std::tie(heads.k, heads.v) = options.cache->append(heads.k, heads.v);
  }
  if (options.is_causal && appends && !options.attn_mask.defined())  // what is appended is seen by all
    options.attn_mask = triu(ones({heads.q.size(2), heads.k.size(2)}, {.dtype = kBool}), 1);
  Tensor mask = masked(heads, options);
  append_keys(heads, mask);
  auto [y, weights] = attend(heads, mask, options);
  y = options_.batch_first ? y.transpose(1, 2) : y.permute({2, 0, 1, 3});
  return {out_proj_(y.reshape(q.shape())), weights};
}

}  // namespace xtape::nn
