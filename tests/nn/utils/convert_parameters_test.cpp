// Parameters as one vector.
#include "nn/utils/convert_parameters.hpp"

#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_convert_parameters)

BOOST_AUTO_TEST_CASE(parameters_stand_in_a_row_and_go_back) {
  const Tensor a = tensor({{1.0, 2.0}, {3.0, 4.0}}, {.requires_grad = true});
  const Tensor b = tensor(5.0, {.requires_grad = true});
  const Tensor row = nn::utils::parameters_to_vector({a, b});
  expect_values(row, {1, 2, 3, 4, 5});
  nn::utils::vector_to_parameters(10 * row, {a, b});
  expect_values(a, {10, 20, 30, 40});
  expect_values(b, {50});
  BOOST_TEST(a.is_leaf());
}

BOOST_AUTO_TEST_CASE(gradients_reach_the_parameters) {
  const Tensor a = ones({2}, {.requires_grad = true}), b = ones({1}, {.requires_grad = true});
  sum(square(nn::utils::parameters_to_vector({a, b}))).backward();
  expect_values(a.grad(), {2, 2});
  expect_values(b.grad(), {2});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_an_error) {
  const Tensor a = ones({2, 3});
  expect_error([] { (void)nn::utils::parameters_to_vector({}); },
               "parameters_to_vector: there are no parameters");
  expect_error([&] { nn::utils::vector_to_parameters(ones({5}), {a}); },
               "vector_to_parameters: a vector of shape {5} for parameters of 6 elements");
  expect_error([&] { nn::utils::vector_to_parameters(ones({6, 1}), {a}); }, "a vector of shape {6, 1}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
