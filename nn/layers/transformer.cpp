// The transformer's layers made of attention, products and norms.
#include "nn/layers/transformer.hpp"

#include <limits>

#include "nn/module/clone.hpp"

namespace xtape::nn {

namespace {

TransformerActivation checked(const TransformerEncoderLayerOptions& options) {
  options.activation.check_word("TransformerEncoderLayer", "activation");
  return options.activation.value();
}

Linear product(std::int64_t in, std::int64_t out, const TransformerEncoderLayerOptions& options) {
  return Linear(in, out, {.bias = options.bias, .dtype = options.dtype, .generator = options.generator});
}

LayerNorm norm(std::int64_t d_model, const TransformerEncoderLayerOptions& options) {
  return LayerNorm({d_model}, {.eps = options.layer_norm_eps, .bias = options.bias, .dtype = options.dtype});
}

ModuleListOf<TransformerEncoderLayer> clones(const TransformerEncoderLayer& layer, std::int64_t count) {
  check(count >= 0, "TransformerEncoder: the number of layers is {}; expected 0 or more", count);
  return {count, [&] { return clone(layer); }};
}

}  // namespace

TransformerEncoderLayer::TransformerEncoderLayer(std::int64_t d_model, std::int64_t nhead,
                                                 const TransformerEncoderLayerOptions& options)
    : activation_(checked(options)),
      norm_first_(options.norm_first),
      self_attn_(register_module("self_attn", MultiheadAttention(d_model, nhead,
                                                                 {.dropout = options.dropout,
                                                                  .bias = options.bias,
                                                                  .batch_first = options.batch_first,
                                                                  .dtype = options.dtype,
                                                                  .generator = options.generator}))),
      linear1_(register_module("linear1", product(d_model, options.dim_feedforward, options))),
      dropout_(register_module("dropout", Dropout(options.dropout))),
      linear2_(register_module("linear2", product(options.dim_feedforward, d_model, options))),
      norm1_(register_module("norm1", norm(d_model, options))),
      norm2_(register_module("norm2", norm(d_model, options))),
      dropout1_(register_module("dropout1", Dropout(options.dropout))),
      dropout2_(register_module("dropout2", Dropout(options.dropout))) {}

Tensor TransformerEncoderLayer::attended(const Tensor& x, const ForwardOptions& options) {
  return dropout1_(std::get<0>(self_attn_(x, x, x,
                                          {.key_padding_mask = options.src_key_padding_mask,
                                           .need_weights = false,
                                           .attn_mask = options.src_mask,
                                           .is_causal = options.is_causal,
                                           .cache = options.cache})));
}

Tensor TransformerEncoderLayer::fed_forward(const Tensor& x) {
  const Tensor inner = linear1_(x);
  const Tensor active = activation_ == TransformerActivation::relu ? relu(inner) : gelu(inner);
  return dropout2_(linear2_(dropout_(active)));
}

Tensor TransformerEncoderLayer::forward(const Tensor& src, const ForwardOptions& options) {
  if (norm_first_) {
    const Tensor x = src + attended(norm1_(src), options);
    return x + fed_forward(norm2_(x));
  }
  const Tensor x = norm1_(src + attended(src, options));
  return norm2_(x + fed_forward(x));
}

TransformerEncoder::TransformerEncoder(const TransformerEncoderLayer& layer, std::int64_t num_layers,
                                       const TransformerEncoderOptions& options)
    : layers_(register_module("layers", clones(layer, num_layers))),
      has_norm_(options.norm.child().has_value()) {
  if (has_norm_) add_child("norm", *options.norm.child());
}

Tensor TransformerEncoder::forward(const Tensor& src, const ForwardOptions& options) {
  if (options.caches && options.caches->empty()) options.caches->resize(layers_.size());
  check(!options.caches || options.caches->size() == layers_.size(),
        "TransformerEncoder: {} caches do not fit {} layers", options.caches ? options.caches->size() : 0,
        layers_.size());
  Tensor x = src;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    x = layers_[static_cast<std::int64_t>(i)](x, {.src_mask = options.mask,
                                                  .src_key_padding_mask = options.src_key_padding_mask,
                                                  .is_causal = options.is_causal,
                                                  .cache = options.caches ? &(*options.caches)[i] : nullptr});
  }
  return has_norm_ ? static_cast<Module&>(child_at(1))(x) : x;
}

Tensor generate_square_subsequent_mask(std::int64_t size) {
  const Tensor above = triu(ones({size, size}, {.dtype = kBool}), 1);
  return masked_fill(zeros({size, size}), above, -std::numeric_limits<double>::infinity());
}

}  // namespace xtape::nn
