// Embeddings, attention and losses of sequences against PyTorch's values and gradients in
// tests/golden/sequences.
#include <boost/test/unit_test.hpp>

#include "autograd/ops/attention.hpp"
#include "autograd/ops/embedding.hpp"
#include "autograd/tensor/attention_options.hpp"
#include "nn/losses/ctc.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

Tensors run_embedding(const Tensors& x, const Args& args) {
  EmbeddingFuncOptions options;
  if (args.has("padding_idx")) options.padding_idx = args.integer("padding_idx");
  return {embedding(x[0], x[1], options)};
}

Tensors run_attention(const Tensors& x, const Args& args) {
  ScaledDotProductAttentionOptions options{.attn_mask = x.size() > 3 ? x[3] : Tensor(),
                                           .is_causal = args.flag("is_causal"),
                                           .causal_offset = args.integer("causal_offset", 0)};
  if (args.has("scale")) options.scale = args.real("scale");
  return {scaled_dot_product_attention(x[0], x[1], x[2], options)};
}

std::vector<std::int64_t> integers(const Args& args, const std::string& name) {
  const Shape values = args.dims(name);
  return {values.begin(), values.end()};
}

Tensors run_ctc_loss(const Tensors& x, const Args& args) {
  const std::string reduction = args.text("reduction", "mean");
  return {ctc_loss(log_softmax(x[0], -1), x[1], integers(args, "input_lengths"),
                   integers(args, "target_lengths"),
                   {.blank = args.integer("blank", 0),
                    .reduction = reduction == "mean"  ? nn::Reduction::mean
                                 : reduction == "sum" ? nn::Reduction::sum
                                                      : nn::Reduction::none,
                    .zero_infinity = args.flag("zero_infinity")})};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_sequences)
/// PyTorch sums the ways of ctc_loss in float32.
const RegisterTests register_tests("sequences",
                                   Table{{"ctc_loss", run_ctc_loss},
                                         {"embedding", run_embedding},
                                         {"scaled_dot_product_attention", run_attention}},
                                   {{"ctc_loss", {.float32 = {1e-4, 1e-6}}}});
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
