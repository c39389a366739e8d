// Results of several kinds: by name, as a tuple, and unpacked.
#include "autograd/tensor/results.hpp"

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor sample() { return tensor({{1.0, 3.0, 2.0}, {6.0, 4.0, 5.0}}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_results)

BOOST_AUTO_TEST_CASE(get_gives_the_results_in_their_order) {
  expect_values(std::get<0>(sample().max(1)), {3, 6});
  expect_values(std::get<1>(sample().max(1)), {1, 0});
  const ValuesIndices kept = sample().sort(1);
  expect_values(std::get<0>(kept)[0], {1, 2, 3});
  ValuesIndices changed = sample().min(0);
  std::get<0>(changed) = std::get<1>(changed);
  BOOST_TEST(changed.values.is_same(changed.indices));
}

BOOST_AUTO_TEST_CASE(tie_assigns_to_tensors_that_exist) {
  Tensor values, indices;
  std::tie(values, indices) = sample().max(1);
  expect_values(values, {3, 6});
  expect_values(indices, {1, 0});
  std::tie(std::ignore, indices) = sample().topk(1, 0);
  BOOST_TEST(indices.shape() == Shape(1, 3));
}

BOOST_AUTO_TEST_CASE(a_tuple_can_be_made_of_them) {
  const std::tuple<Tensor, Tensor> both = sample().max(1);
  expect_values(std::get<0>(both), {3, 6});
}

BOOST_AUTO_TEST_CASE(a_structured_binding_takes_them_all) {
  const auto [values, indices] = sample().max(1);
  expect_values(values, {3, 6});
  expect_values(indices, {1, 0});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
