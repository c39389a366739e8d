// Distributions: their means and spreads within five standard errors for a fixed seed, the bounds of what
// they give, and what they refuse.
#include "autograd/ops/random.hpp"

#include <limits>
#include <set>

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

constexpr std::int64_t kCount = 100000;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The mean of x is `mean` and its variance `variance`; the fourth moment about the mean is at most
/// `kurtosis` variance^2.
void expect_moments(const Tensor& x, double mean, double variance, double kurtosis = 10) {
  const Tensor values = x.to(kFloat64);
  const auto n = static_cast<double>(x.numel());
  BOOST_TEST(std::abs(values.mean().item() - mean) <= 5 * std::sqrt(variance / n));
  BOOST_TEST(std::abs(values.var().item() - variance) <= 5 * variance * std::sqrt((kurtosis - 1) / n));
}

/// How often each of `categories` indices stands in x, as parts of 1.
std::vector<double> frequencies(const Tensor& x, std::int64_t categories) {
  std::vector<double> parts(static_cast<std::size_t>(categories));
  for (std::int64_t i : x.to_vector<std::int64_t>())
    parts.at(static_cast<std::size_t>(i)) += 1 / static_cast<double>(x.numel());
  return parts;
}

void expect_parts(const std::vector<double>& parts, const std::vector<double>& expected, std::int64_t n) {
  BOOST_REQUIRE_EQUAL(parts.size(), expected.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double error = 5 * std::sqrt(expected[i] * (1 - expected[i]) / static_cast<double>(n));
    BOOST_TEST(std::abs(parts[i] - expected[i]) <= error, "index " << i << ": " << parts[i]);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_random)

BOOST_AUTO_TEST_CASE(bernoulli_draws_ones_with_each_probability) {
  Generator generator(1);
  expect_moments(bernoulli(full({kCount}, 0.3), {.generator = &generator}), 0.3, 0.21);
  expect_moments(bernoulli(zeros({kCount}, {.dtype = kInt64}), 0.7, {.generator = &generator}), 0.7, 0.21);
  const Tensor sure = bernoulli(tensor({{0.0, 1.0}, {1.0, 0.0}}, {.dtype = kFloat64}));
  expect_values(sure, {0, 1, 1, 0}, 0);
  BOOST_TEST((sure.dtype() == kFloat64));
  BOOST_TEST(full({2}, 0.5, {.requires_grad = true}).bernoulli().requires_grad() == false);
  expect_error([] { bernoulli(tensor({0.5, 1.5})); }, "bernoulli: p is 1.5; expected a probability");
  expect_error([] { bernoulli(tensor({kNaN})); }, "bernoulli: p is nan");
  expect_error([] { bernoulli(tensor({0, 1})); }, "bernoulli");
  expect_error([] { bernoulli(zeros({2}), -0.1); }, "bernoulli: p is -0.1");
}

BOOST_AUTO_TEST_CASE(bernoulli_in_place_serves_every_dtype) {
  Generator generator(2);
  for (const DType dtype : {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat32, kFloat64}) {
    expect_moments(zeros({kCount}, {.dtype = dtype}).bernoulli_(0.2, &generator), 0.2, 0.16);
  }
  const Tensor x = zeros({2, 2}, {.dtype = kInt64});
  expect_values(x.bernoulli_(tensor({0.0, 1.0})), {0, 1, 0, 1}, 0);
  expect_values(x.t().slice(0, 0, 1).bernoulli_(1), {1, 1}, 0);
  expect_values(x, {1, 1, 1, 1}, 0);
  expect_error([&] { x.bernoulli_(2); }, "bernoulli_: p is 2");
}

BOOST_AUTO_TEST_CASE(normal_takes_means_and_deviations_of_each_element) {
  Generator generator(3);
  expect_moments(normal(full({kCount}, 2.0), full({kCount}, 3.0), {.generator = &generator}), 2, 9, 3);
  expect_moments(normal(full({kCount}, -1.0, {.dtype = kFloat64}), 0.5, {.generator = &generator}), -1, 0.25,
                 3);
  expect_moments(normal(4.0, full({kCount}, 2.0), {.generator = &generator}), 4, 4, 3);
  expect_moments(normal(1, 2, {kCount}, {.generator = &generator}), 1, 4, 3);
  expect_values(normal(tensor({{1.0}, {2.0}}), tensor({0.0, 0.0})), {1, 1, 2, 2}, 0);
  BOOST_TEST((normal(0, 1, {2}, {.dtype = kFloat64, .requires_grad = true}).dtype() == kFloat64));
  expect_error([] { normal(zeros({2}), tensor({1.0, -1.0})); }, "normal: expected std >= 0");
  expect_error([] { normal(tensor({1, 2})); }, "normal");
  expect_error([] { normal(0, -1, {2}); }, "std >= 0");
}

BOOST_AUTO_TEST_CASE(poisson_has_its_rate_as_mean_and_variance) {
  Generator generator(4);
  for (const double rate : {0.5, 3.0, 9.5, 15.0, 400.0}) {
    const Tensor x = poisson(full({kCount}, rate), {.generator = &generator});
    expect_moments(x, rate, rate, 3 + 1 / rate);
    BOOST_TEST(x.equal(floor(x)));
    BOOST_TEST(all(x >= 0).item<bool>());
  }
  expect_values(poisson(zeros({3})), {0, 0, 0}, 0);
  expect_error([] { poisson(tensor({1.0, -2.0})); }, "poisson: rate -2 is below 0");
  expect_error([] { poisson(tensor({1})); }, "poisson");
}

BOOST_AUTO_TEST_CASE(exponential_numbers_have_the_mean_one_over_lambd) {
  Generator generator(5);
  expect_moments(empty({kCount}).exponential_(1, &generator), 1, 1);
  const Tensor x = empty({kCount}, {.dtype = kFloat64}).exponential_(4, &generator);
  expect_moments(x, 0.25, 0.0625);
  expect_moments(x > std::log(2.0) / 4, 0.5, 0.25);  // the median
  expect_error([] { zeros({2}).exponential_(0); }, "exponential_: lambd is 0");
  expect_error([] { tensor({1}).exponential_(); }, "exponential_");
}

BOOST_AUTO_TEST_CASE(random_integers_reach_all_that_was_asked_for) {
  Generator generator(6);
  const Tensor x = empty({kCount}).random_(-2, 3, &generator);
  expect_moments(x, 0, 2);
  BOOST_TEST(x.min().item() == -2);
  BOOST_TEST(x.max().item() == 2);
  expect_moments(empty({kCount}, {.dtype = kInt64}).random_(10, &generator), 4.5, 8.25);
  expect_moments(empty({kCount}, {.dtype = kUInt8}).random_(&generator), 127.5, 5461.25);
  expect_moments(empty({kCount}, {.dtype = kBool}).random_(&generator), 0.5, 0.25);
  const double end = std::ldexp(1.0, 24);
  expect_moments(empty({kCount}).random_(&generator), end / 2, end * end / 12);
  expect_error([] { zeros({2}).random_(3, 3); }, "random_: expected from < to, got 3 and 3");
}

BOOST_AUTO_TEST_CASE(randint_like_keeps_shape_and_dtype) {
  const Tensor x = zeros({2, 3}, {.dtype = kFloat64});
  BOOST_TEST(randint_like(x, 5).shape() == x.shape());
  BOOST_TEST((randint_like(x, 5).dtype() == kFloat64));
  BOOST_TEST((randint_like(x, 2, 5, {.dtype = kInt64}).dtype() == kInt64));
  expect_values(randint_like(x, 7, 8), {7, 7, 7, 7, 7, 7}, 0);
}

BOOST_AUTO_TEST_CASE(multinomial_draws_by_weight) {
  Generator generator(7);
  const Tensor weights = tensor({1.0, 0.0, 3.0, 4.0, 0.0});
  const Tensor x = multinomial(weights, kCount, {.replacement = true, .generator = &generator});
  BOOST_TEST((x.dtype() == kInt64));
  BOOST_TEST(x.shape() == Shape{kCount});
  expect_parts(frequencies(x, 5), {0.125, 0, 0.375, 0.5, 0}, kCount);

  const Tensor rows = weights.unsqueeze(0).expand({kCount, 5});
  const Tensor one = multinomial(rows, 1, {.generator = &generator});
  BOOST_TEST(one.shape() == Shape(kCount, 1));
  expect_parts(frequencies(one, 5), {0.125, 0, 0.375, 0.5, 0}, kCount);
}

BOOST_AUTO_TEST_CASE(multinomial_without_replacement_draws_one_after_the_other) {
  Generator generator(8);
  const Tensor rows = tensor({1.0, 0.0, 3.0, 4.0}, {.dtype = kFloat64}).unsqueeze(0).expand({kCount, 4});
  const Tensor x = multinomial(rows, 2, {.generator = &generator});
  expect_parts(frequencies(x.select(1, 0), 4), {0.125, 0, 0.375, 0.5}, kCount);
  // the second: sum over the first j of p_j p_i / (1 - p_j)
  const double p0 = 0.125, p2 = 0.375, p3 = 0.5;
  const auto second = [](double p, double a, double b) { return a * p / (1 - a) + b * p / (1 - b); };
  expect_parts(frequencies(x.select(1, 1), 4),
               {second(p0, p2, p3), 0, second(p2, p0, p3), second(p3, p0, p2)}, kCount);
  BOOST_TEST(all(x.select(1, 0) != x.select(1, 1)).item<bool>());

  const std::vector<std::int64_t> all_of_them = multinomial(ones({50}), 50).to_vector<std::int64_t>();
  BOOST_TEST(std::set<std::int64_t>(all_of_them.begin(), all_of_them.end()).size() == 50u);
}

BOOST_AUTO_TEST_CASE(multinomial_rows_are_independent) {
  const Tensor weights = eye(4);
  expect_values(multinomial(weights, 3, true), {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}, 0);
  expect_values(multinomial(weights, 1), {0, 1, 2, 3}, 0);
  BOOST_TEST(multinomial(zeros({0, 3}), 2).shape() == Shape(0, 2));
}

BOOST_AUTO_TEST_CASE(multinomial_refuses_what_is_no_distribution) {
  expect_error([] { multinomial(tensor({1.0, -1.0}), 1); }, "multinomial: weight -1 at index 1");
  expect_error([] { multinomial(tensor({1.0, kNaN}), 1); }, "multinomial: weight nan at index 1");
  expect_error([] { multinomial(zeros({3}), 1); }, "multinomial: a row of weights has the sum 0");
  expect_error([] { multinomial(ones({3}), 4); }, "multinomial: 4 samples without replacement");
  expect_error([] { multinomial(tensor({1.0, 1.0, 0.0}), 3); }, "only 2 weights of a row are positive");
  expect_error([] { multinomial(ones({3}), 0); }, "multinomial: expected at least 1 sample");
  expect_error([] { multinomial(ones({2, 2, 2}), 1); }, "multinomial: the weights have shape {2, 2, 2}");
  expect_error([] { multinomial(tensor({1, 2}), 1); }, "multinomial");
  expect_error([] { multinomial(zeros({2, 0}), 1); }, "no category");
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_numbers) {
  const auto draw = [] {
    Generator generator(9);
    const Tensor x = rand({20}, {.generator = &generator});
    return std::vector{x.bernoulli({.generator = &generator}).to(kFloat32),
                       poisson(x * 20, {.generator = &generator}), normal(x, x, {.generator = &generator}),
                       multinomial(x, 20, {.generator = &generator}).to(kFloat32),
                       empty({20}).exponential_(1, &generator)};
  };
  const auto a = draw(), b = draw();
  for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(a[i].equal(b[i]), i);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
