// Embeddings against PyTorch's values and gradients in tests/golden/sequences.
#include <boost/test/unit_test.hpp>

#include "autograd/ops/embedding.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

Tensors run_embedding(const Tensors& x, const Args& args) {
  EmbeddingFuncOptions options;
  if (args.has("padding_idx")) options.padding_idx = args.integer("padding_idx");
  return {embedding(x[0], x[1], options)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_sequences)
const RegisterTests register_tests("sequences", Table{{"embedding", run_embedding}});
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
