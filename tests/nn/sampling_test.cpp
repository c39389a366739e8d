// sample_token: what each option leaves, and how often the rest is drawn.
#include "nn/sampling.hpp"

#include <cmath>

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// How often each word is drawn of 4000, as shares.
std::vector<double> shares(const Tensor& logits, nn::SampleTokenOptions options) {
  Generator generator(9);
  options.generator = &generator;
  const Tensor drawn = nn::sample_token(logits.unsqueeze(0).expand({4000, logits.size(0)}), options);
  return (bincount(drawn, Tensor(), logits.size(0)).to(kFloat64) / 4000).to_vector<double>();
}

void expect_shares(const std::vector<double>& actual, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i] == 0)
      BOOST_TEST(actual[i] == 0, i);
    else
      BOOST_TEST(std::abs(actual[i] - expected[i]) < 0.03,
                 i << ": " << actual[i]);  // four standard deviations
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_sampling)

// The chances are those of a softmax of logarithms: 0.1, 0.4, 0.2, 0.3.
BOOST_AUTO_TEST_CASE(each_option_leaves_the_words_that_it_names) {
  const Tensor logits = log(tensor({0.1, 0.4, 0.2, 0.3})) + 7;
  expect_shares(shares(logits, {}), {0.1, 0.4, 0.2, 0.3});
  expect_shares(shares(logits, {.temperature = 0.5}), {1.0 / 30, 16.0 / 30, 4.0 / 30, 9.0 / 30});
  expect_shares(shares(logits, {.top_k = 2}), {0, 4.0 / 7, 0, 3.0 / 7});
  expect_shares(shares(logits, {.top_k = 9}), {0.1, 0.4, 0.2, 0.3});
  expect_shares(shares(logits, {.top_p = 0.65}), {0, 4.0 / 7, 0, 3.0 / 7});
  expect_shares(shares(logits, {.top_p = 0.75}), {0, 4.0 / 9, 2.0 / 9, 3.0 / 9});
  expect_shares(shares(logits, {.top_p = 1e-6}), {0, 1, 0, 0});
  expect_shares(shares(logits, {.top_k = 3, .top_p = 0.7}), {0, 4.0 / 7, 0, 3.0 / 7});
  expect_shares(shares(logits, {.top_k = 1}), {0, 1, 0, 0});
  expect_shares(shares(logits, {.temperature = 100, .greedy = true}), {0, 1, 0, 0});
}

BOOST_AUTO_TEST_CASE(the_result_is_int64_of_the_logits_shape_without_the_words) {
  const Tensor logits = randn({2, 3, 5}, {.requires_grad = true});
  for (const bool greedy : {true, false}) {
    const Tensor words = nn::sample_token(logits, {.greedy = greedy});
    BOOST_TEST((words.shape() == Shape{2, 3}));
    BOOST_TEST(words.dtype() == kInt64);
    BOOST_TEST((nn::sample_token(logits.detach()[0][0], {.greedy = greedy}).shape() == Shape{}));
  }
  BOOST_TEST(equal(nn::sample_token(logits, {.greedy = true}), argmax(logits, -1)));
}

BOOST_AUTO_TEST_CASE(words_of_no_chance_are_never_drawn) {
  const Tensor logits = tensor({-INFINITY, 0.0, -INFINITY});
  expect_shares(shares(logits, {.temperature = 3, .top_k = 2, .top_p = 0.9}), {0, 1, 0});
}

BOOST_AUTO_TEST_CASE(errors_say_what_would_fit) {
  const Tensor logits = ones({2, 3});
  expect_error([&] { nn::sample_token(logits, {.temperature = 0}); },
               "sample_token: the temperature is 0; expected more than 0, or greedy");
  expect_error([&] { nn::sample_token(logits, {.top_k = -1}); }, "sample_token: top_k is -1");
  expect_error([&] { nn::sample_token(logits, {.top_p = 0}); }, "sample_token: top_p is 0");
  expect_error(
      [] {
        nn::sample_token(tensor({1, 2}));
      },
      "sample_token: the logits are int64 of shape {2}; expected floats {..., words}");
  expect_error(
      [] {
        nn::sample_token(ones({2, 0}));
      },
      "sample_token: the logits are float32 of shape {2, 0}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
