// Every op against PyTorch's values and gradients in tests/golden.
#include <boost/test/unit_test.hpp>

#include "tests/autograd/ops/golden_tables/tables.hpp"

namespace xtape::golden {
namespace {

Table all_ops() {
  Table table;
  for (Table part : {arithmetic(), elementwise(), trigonometry_and_logarithms(), rounding_and_bounds(),
                     bits(), activations(), distances(), reductions(), orders(), shapes(), arrangements(),
                     indexing(), products(), factors(), convolutions(), products_and_probability()}) {
    table.merge(part);
  }
  return table;
}

/// Sums of many products, whose order is another than PyTorch's.
std::map<std::string, Tolerances> tolerances() {
  std::map<std::string, Tolerances> result;
  for (const auto& [name, function] : convolutions()) result[name].float32 = {2e-6, 3e-6};
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_ops)
const RegisterTests register_tests("", all_ops(), tolerances());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
