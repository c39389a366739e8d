// Gradients that are added to what has arrived before without being formed: they are those of a replay that
// forms each.
#include <functional>

#include "autograd/tape.hpp"
#include "tests/nn/expect.hpp"

namespace xtape::testing {

namespace {

void expect_close(const Tensor& actual, const Tensor& expected, double tolerance) {
  BOOST_CHECK_MESSAGE(allclose(actual, expected, tolerance, tolerance),
                      fmt::format("{} is not {}", actual, expected));
}

/// The gradient of `weight`, by a replay that adds in place and by one that records and hence forms each
/// gradient.
void expect_both_alike(const Tensor& weight, const std::function<Tensor()>& loss) {
  weight.zero_grad();
  loss().backward();
  const Tensor added = weight.grad().clone();
  weight.zero_grad();
  loss().backward({.create_graph = true});
  expect_close(added, weight.grad().detach(), 1e-12);
  weight.zero_grad();
}

Tensor parameter(const Shape& shape, std::uint64_t seed) {
  Generator generator(seed);
  return randn(shape, {.dtype = kFloat64, .requires_grad = true, .generator = &generator});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_open_sum)

BOOST_AUTO_TEST_CASE(a_weight_that_every_step_uses_gets_the_sum_of_all) {
  const Tensor weight = parameter({4, 4}, 1), bias = parameter({4}, 2), x = parameter({3, 4}, 3);
  const auto by_linear = [&] {
    Tensor h = x;
    for (int step = 0; step < 3; ++step) h = tanh(linear(h, weight, bias));
    return sum(h * h);
  };
  const auto by_matmul = [&] {
    Tensor h = x;
    for (int step = 0; step < 3; ++step) h = tanh(matmul(h, weight));
    return sum(matmul(weight, t(h)));
  };
  expect_both_alike(weight, by_linear);
  expect_both_alike(bias, by_linear);
  expect_both_alike(weight, by_matmul);
}

BOOST_AUTO_TEST_CASE(a_penalty_adds_to_the_gradient_of_the_product) {
  const Tensor weight = parameter({5, 4}, 4), bias = parameter({5}, 5), x = parameter({3, 4}, 6);
  expect_both_alike(weight, [&] { return sum(linear(x, weight, bias)) + 0.3 * sum_squares(weight); });
  expect_both_alike(weight, [&] { return sum(linear(x, weight, bias)) + 0.3 * sum_squares(t(weight)); });
}

BOOST_AUTO_TEST_CASE(a_gradient_that_the_caller_holds_is_not_written_to) {
  const Tensor weight = parameter({4, 4}, 7), x = parameter({3, 4}, 8);
  const Tensor given = ones({4, 4}, {.dtype = kFloat64});
  backward({weight, sum(matmul(x, weight))}, {given, Tensor()});
  expect_close(given, ones({4, 4}, {.dtype = kFloat64}), 0);
  expect_close(weight.grad(), 1 + matmul(t(x.detach()), ones({3, 4}, {.dtype = kFloat64})), 1e-12);
}

BOOST_AUTO_TEST_CASE(hooks_of_the_weight_see_the_whole_sum_once) {
  const Tensor weight = parameter({4, 4}, 9), x = parameter({3, 4}, 10);
  int calls = 0;
  weight.register_hook([&](const Tensor& gradient) {
    ++calls;
    return gradient * 2;
  });
  sum(matmul(matmul(x, weight), weight)).backward();
  const Tensor doubled = weight.grad().clone();
  BOOST_TEST(calls == 1);
  const Tensor plain = parameter({4, 4}, 9);
  sum(matmul(matmul(x, plain), plain)).backward();
  expect_close(doubled, plain.grad() * 2, 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
