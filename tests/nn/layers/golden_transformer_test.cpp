// The modules of attention against PyTorch's values and gradients in tests/golden/transformer. A case's last
// inputs are the module's parameters, which args names.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "nn/layers/transformer.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream words(text);
  for (std::string name; std::getline(words, name, ',');) names.push_back(name);
  return names;
}

/// Puts the last tensors in the places of the module's parameters, which have to be those that args names.
void take_parameters(nn::ModuleBase& module, const Tensors& x, const Args& args) {
  std::vector<std::string> own;
  for (const auto& [name, parameter] : module.named_parameters()) own.push_back(name);
  const std::vector<std::string> names = names_in(args.text("names", ""));
  BOOST_TEST(own == names, boost::test_tools::per_element());
  std::size_t next = x.size() - names.size();
  for (const std::string& name : names) {
    const std::size_t dot = name.rfind('.');
    const std::string of = dot == std::string::npos ? "" : name.substr(0, dot);
    module.named_modules()[of].set_parameter(name.substr(dot + 1), x[next++]);
  }
}

nn::MultiheadAttention attention(const Tensors& x, const Args& args) {
  nn::MultiheadAttentionOptions options{.bias = args.flag("bias", true),
                                        .add_bias_kv = args.flag("add_bias_kv"),
                                        .add_zero_attn = args.flag("add_zero_attn"),
                                        .batch_first = args.flag("batch_first"),
                                        .dtype = x[0].dtype()};
  if (args.has("kdim")) options.kdim = args.integer("kdim");
  if (args.has("vdim")) options.vdim = args.integer("vdim");
  nn::MultiheadAttention module(args.integer("embed_dim"), args.integer("num_heads"), options);
  take_parameters(module, x, args);
  return module;
}

Tensors attended(nn::MultiheadAttention module, const Tensor& q, const Tensor& k, const Tensor& v,
                 const Args& args) {
  const auto [y, weights] = module(q, k, v,
                                   {.key_padding_mask = args.tensor("key_padding_mask"),
                                    .need_weights = args.flag("need_weights", true),
                                    .attn_mask = args.tensor("attn_mask"),
                                    .average_attn_weights = args.flag("average_attn_weights", true)});
  return weights.defined() ? Tensors{y, weights} : Tensors{y};
}

Tensors run_attention(const Tensors& x, const Args& args) {
  return attended(attention(x, args), x[0], x[1], x[2], args);
}
Tensors run_self_attention(const Tensors& x, const Args& args) {
  return attended(attention(x, args), x[0], x[0], x[0], args);
}

nn::TransformerEncoderLayer encoder_layer(const Tensors& x, const Args& args) {
  return {4,
          2,
          {.dim_feedforward = 6,
           .dropout = 0,
           .activation = args.text("activation", "relu"),
           .layer_norm_eps = args.real("layer_norm_eps", 1e-5),
           .batch_first = args.flag("batch_first"),
           .norm_first = args.flag("norm_first"),
           .dtype = x[0].dtype()}};
}

Tensors run_encoder_layer(const Tensors& x, const Args& args) {
  nn::TransformerEncoderLayer layer = encoder_layer(x, args);
  take_parameters(layer, x, args);
  return {layer(x[0], {.src_mask = args.tensor("src_mask"),
                       .src_key_padding_mask = args.tensor("src_key_padding_mask")})};
}

Tensors run_encoder(const Tensors& x, const Args& args) {
  nn::TransformerEncoderOptions options;
  if (args.flag("norm")) options.norm = nn::LayerNorm(4, {.dtype = x[0].dtype()});
  nn::TransformerEncoder encoder(encoder_layer(x, args), 2, options);
  take_parameters(encoder, x, args);
  return {encoder(
      x[0], {.mask = args.tensor("mask"), .src_key_padding_mask = args.tensor("src_key_padding_mask")})};
}

}  // namespace

namespace {

/// Layers of many products, of which each rounds.
constexpr Tolerances kLayers{.float32 = {1e-5, 2e-6}, .float64 = {1e-10, 1e-12}};

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_transformer)
const RegisterTests register_tests("transformer",
                                   Table{{"multihead_attention", run_attention},
                                         {"self_attention", run_self_attention},
                                         {"transformer_encoder_layer", run_encoder_layer},
                                         {"transformer_encoder", run_encoder}},
                                   {{"multihead_attention", kLayers},
                                    {"self_attention", kLayers},
                                    {"transformer_encoder_layer", kLayers},
                                    {"transformer_encoder", kLayers}});
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
