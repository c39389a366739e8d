// Borders, patches, resized and rearranged images against PyTorch's values and gradients in
// tests/golden/images.
#include <boost/test/unit_test.hpp>

#include "autograd/ops/padding.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

Table images() {
  return {
      {"pad",
       [](const Tensors& x, const Args& args) -> Tensors {
         return {pad(x[0], args.dims("pad"),
                     {.mode = args.text("mode", "constant"), .value = args.real("value", 0)})};
       }},
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_images)
const RegisterTests register_tests("images", images());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
