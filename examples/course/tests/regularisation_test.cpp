// The notes' penalty, and dropout by keep probabilities.
#include "../common/regularisation.hpp"

#include <fmt/format.h>

#include <cmath>

#include "expect_error.hpp"

namespace course {

using namespace xtape;

BOOST_AUTO_TEST_SUITE(course_regularisation)

BOOST_AUTO_TEST_CASE(frobenius_penalty_divides_by_the_number_of_examples) {
  nn::Linear linear(2, 2, {.dtype = kFloat64});
  {
    const NoGradGuard no_grad;
    linear.weight().copy_(tensor({{1.0, 2.0}, {3.0, 4.0}}));
  }
  const Tensor penalty = frobenius_penalty(linear, {.lambda = 0.7, .n = 60});
  BOOST_TEST(penalty.item() == 0.7 / (2 * 60) * 30, boost::test_tools::tolerance(1e-14));
  penalty.backward();  // (lambda / n) W
  BOOST_TEST(allclose(linear.weight().grad(), 0.7 / 60 * linear.weight().detach()));
  BOOST_TEST(!linear.bias().grad().defined());
  expect_error([&] { frobenius_penalty(linear, {.lambda = 0.7}); }, "frobenius_penalty: n is 0");
}

BOOST_AUTO_TEST_CASE(a_net_drops_by_the_keep_probability_of_each_layer) {
  const nn::Sequential net = net_with_dropout({4, 5, 6, 3}, {0.8, 1, 0.5});
  BOOST_TEST(fmt::format("{}", net) ==
             "Sequential(\n"
             "  (0): Dropout(p=0.2, inplace=False)\n"
             "  (1): Linear(in_features=4, out_features=5, bias=True)\n"
             "  (2): ReLU()\n"
             "  (3): Linear(in_features=5, out_features=6, bias=True)\n"
             "  (4): ReLU()\n"
             "  (5): Dropout(p=0.5, inplace=False)\n"
             "  (6): Linear(in_features=6, out_features=3, bias=True)\n"
             ")");
  BOOST_TEST(net_with_dropout({4, 3}, {0.9}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(keep_probabilities_are_checked) {
  expect_error(
      [] {
        net_with_dropout({4, 5, 3}, {0.5});
      },
      "net_with_dropout: 1 keep probabilities; expected 2, of the input and of 1 hidden layer(s)");
  expect_error(
      [] {
        net_with_dropout({4, 5, 3}, {0.5, 0});
      },
      "net_with_dropout: a keep probability is 0; expected more than 0 and at most 1");
  expect_error([] { net_with_dropout({4}, {}); }, "net_with_dropout: 1 size(s)");
}

BOOST_AUTO_TEST_CASE(dropout_of_the_input_keeps_its_expectation) {
  manual_seed(2);
  nn::Sequential net = net_with_dropout({10000, 1}, {0.8}, {.bias = false});
  const NoGradGuard no_grad;
  net.parameters()[0].fill_(1e-4);
  const double mean = net(ones({1, 10000})).item();  // of 10000 values 0 or 1 / 0.8: standard error 0.005
  BOOST_TEST(std::abs(mean - 1) < 0.02);
  BOOST_TEST(mean != 1.0);
  net.eval();
  BOOST_TEST(net(ones({1, 10000})).item() == 1.0, boost::test_tools::tolerance(1e-4));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace course
