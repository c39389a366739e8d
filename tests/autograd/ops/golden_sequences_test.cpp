// Embeddings and attention against PyTorch's values and gradients in
// tests/golden/sequences.
#include <boost/test/unit_test.hpp>

#include "autograd/ops/attention.hpp"
#include "autograd/ops/embedding.hpp"
#include "autograd/tensor/attention_options.hpp"
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

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_sequences)
const RegisterTests register_tests("sequences", Table{{"embedding", run_embedding},
                                                      {"scaled_dot_product_attention", run_attention}});
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
