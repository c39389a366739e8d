// The generator: the same numbers for the same seed on every machine, its state, its ranges and its moments.
// Expected numbers come from an implementation of xoshiro256++, splitmix64 and Box-Muller in Python.
#include "autograd/base/random.hpp"

#include <algorithm>

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

TensorOptions doubles(Generator& generator) { return {.dtype = kFloat64, .generator = &generator}; }

struct Moments {
  double mean, variance, skewness, kurtosis;
};

Moments moments_of(const Tensor& x) {
  const Tensor d = x - mean(x), square = d * d;
  const double variance = mean(square).item();
  return {mean(x).item(), variance, mean(square * d).item() / std::pow(variance, 1.5),
          mean(square * square).item() / (variance * variance)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_random)

BOOST_AUTO_TEST_CASE(the_bits_are_those_of_xoshiro256plusplus) {
  Generator g(42);
  for (std::uint64_t expected :
       {0xd0764d4f4476689fULL, 0x519e4174576f3791ULL, 0xfbe07cfb0c24ed8cULL, 0xb37d9f600cd835b8ULL}) {
    BOOST_TEST(g.next() == expected);
  }
  BOOST_TEST(Generator(0).next() == 0x53175d61490b23dfULL);
}

BOOST_AUTO_TEST_CASE(uniform_numbers_are_the_upper_53_bits) {
  Generator g(42);
  const std::vector<double> expected{0.8143051451229099, 0.3188210400616611, 0.9838941681774888,
                                     0.7011355981347556};
  for (double u : expected) BOOST_TEST(g.uniform() == u);
  Generator again(42);
  expect_values(rand({2, 2}, doubles(again)), expected, 0);
  Generator single(42);  // the upper 24 bits, rounded down, so that 1 never comes
  expect_values(rand({4}, {.generator = &single}) * 0x1p24, {13661773, 5348929, 16507004, 11763103}, 0);
}

BOOST_AUTO_TEST_CASE(normal_numbers_are_those_of_box_and_muller) {
  Generator g(42);
  const std::vector<double> expected{-0.7689930538210061, -0.8684461074702454, -1.5109749830006707,
                                     -0.4087085854552936};
  expect_values(randn({4}, doubles(g)), expected,
                1e-14);  // log and cos may differ by a bit between C libraries
  Generator single(42);
  expect_values(randn({4}, {.generator = &single}), expected, 1e-7);
  Generator one(42);
  BOOST_TEST(one.normal() == expected[0], boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(permutations_and_integers_are_reproducible) {
  Generator g(42);
  expect_values(randperm(10, {.generator = &g}), {6, 9, 7, 8, 0, 5, 3, 4, 2, 1}, 0);
  Generator h(42);
  expect_values(randint(-3, 4, {8}, {.generator = &h}), {0, -3, 2, 0, -1, -3, -3, -1}, 0);
}

BOOST_AUTO_TEST_CASE(manual_seed_rewinds_the_default_generator) {
  manual_seed(42);
  BOOST_TEST(rand({1}, {.dtype = kFloat64}).item() == 0.8143051451229099);
  const std::vector<float> rest = randn({5}).to_vector<float>();
  manual_seed(42);
  BOOST_TEST(default_generator().uniform() == 0.8143051451229099);
  BOOST_TEST(randn({5}).to_vector<float>() == rest, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(generators_are_independent) {
  Generator g(1), h(1), other(2);
  (void)rand({100}, {.generator = &other});
  (void)rand({100});
  expect_values(rand({5}, doubles(g)), rand({5}, doubles(h)).to_vector<double>(), 0);
  BOOST_TEST(g.next() != other.next());
}

BOOST_AUTO_TEST_CASE(a_state_brings_the_numbers_back) {
  Generator g(7);
  (void)randn({13}, {.generator = &g});
  const Generator::State state = g.state();
  const std::vector<double> first = randn({5}, doubles(g)).to_vector<double>();
  const std::vector<double> order = randperm(20, {.generator = &g}).to_vector<double>();
  g.set_state(state);
  expect_values(randn({5}, doubles(g)), first, 0);
  expect_values(randperm(20, {.generator = &g}), order, 0);
  Generator fresh;
  fresh.set_state(state);
  BOOST_TEST(fresh.normal() == first[0]);
}

BOOST_AUTO_TEST_CASE(below_is_unbiased_over_its_range) {
  Generator g(3);
  std::vector<int> counts(7);
  constexpr int kDraws = 70000;
  for (int i = 0; i < kDraws; ++i) ++counts.at(g.below(7));
  double chi_square = 0;
  for (int count : counts) chi_square += (count - 10000.0) * (count - 10000.0) / 10000.0;
  BOOST_TEST(chi_square < 22.46);  // 6 degrees of freedom, p = 0.001
  BOOST_TEST(g.below(1) == 0u);
  const std::uint64_t three_quarters = 3ULL << 62;  // a plain modulo would give the low third twice as often
  int low = 0;
  for (int i = 0; i < 30000; ++i) low += g.below(three_quarters) < (1ULL << 62);
  BOOST_TEST(std::abs(low - 10000) < 300);  // 3.7 standard deviations
}

BOOST_AUTO_TEST_CASE(uniform_numbers_have_their_moments) {
  Generator g(11);
  const Tensor x = rand({200000}, doubles(g));
  const Moments m = moments_of(x);
  BOOST_TEST(std::abs(m.mean - 0.5) < 0.003);
  BOOST_TEST(std::abs(m.variance - 1.0 / 12) < 0.001);
  BOOST_TEST(std::abs(m.skewness) < 0.02);
  BOOST_TEST(std::abs(m.kurtosis - 1.8) < 0.02);
  BOOST_TEST(min(x).item() >= 0);
  BOOST_TEST(max(x).item() < 1);
  BOOST_TEST(max(rand({200000}, {.generator = &g})).item() < 1);
}

BOOST_AUTO_TEST_CASE(normal_numbers_have_their_moments) {
  Generator g(12);
  const Tensor x = randn({200000}, doubles(g));
  const Moments m = moments_of(x);
  BOOST_TEST(std::abs(m.mean) < 0.01);
  BOOST_TEST(std::abs(m.variance - 1) < 0.015);
  BOOST_TEST(std::abs(m.skewness) < 0.025);
  BOOST_TEST(std::abs(m.kurtosis - 3) < 0.05);
  const double beyond_2 = mean((abs(x) > 2).to(kFloat64)).item();
  BOOST_TEST(std::abs(beyond_2 - 0.0455) < 0.002);
  const Tensor neighbours = x.narrow(0, 0, 199999) * x.narrow(0, 1, 199999);
  BOOST_TEST(std::abs(mean(neighbours).item()) < 0.01);
}

BOOST_AUTO_TEST_CASE(in_place_fills_take_their_range_and_generator) {
  Generator g(42), h(42);
  const Tensor x = zeros({1000}, {.dtype = kFloat64});
  x.uniform_(-2, 6, &g);
  BOOST_TEST((min(x).item() >= -2 && max(x).item() < 6));
  BOOST_TEST(x[0].item() == 0.8143051451229099 * 8 - 2);
  x.normal_(5, 0.5, &h);
  BOOST_TEST(x[0].item() == -0.7689930538210061 * 0.5 + 5, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(std::abs(mean(x).item() - 5) < 0.1);
  expect_error([&] { x.uniform_(1, 0); }, "uniform_: expected from <= to, got 1 and 0");
  expect_error([&] { x.normal_(0, -1); }, "normal_: expected std >= 0, got -1");
}

BOOST_AUTO_TEST_CASE(a_permutation_holds_every_index_once) {
  std::vector<std::int64_t> order = randperm(1000).to_vector<std::int64_t>();
  BOOST_TEST(!std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 1000; ++i) BOOST_REQUIRE_EQUAL(order[static_cast<std::size_t>(i)], i);
  BOOST_TEST(randperm(0).shape() == Shape(0));
  expect_error([] { (void)randperm(-1); }, "randperm: expected at least 0, got -1");
}

BOOST_AUTO_TEST_CASE(random_tensors_have_the_dtypes_of_their_kind) {
  BOOST_TEST((rand({2}).dtype() == kFloat32));
  BOOST_TEST((randn({2}, {.dtype = kFloat64, .requires_grad = true}).requires_grad()));
  BOOST_TEST((randint(0, 5, {2}).dtype() == kInt64));
  BOOST_TEST((randint(5, {2}, {.dtype = kUInt8}).dtype() == kUInt8));
  BOOST_TEST((randint(0, 2, {2}, {.dtype = kFloat32}).dtype() == kFloat32));
  expect_error([] { (void)rand({2}, {.dtype = kInt64}); }, "rand: expected float32 or float64, got int64");
  expect_error([] { (void)randn({2}, {.dtype = kBool}); }, "randn");
  expect_error([] { (void)randint(3, 3, {2}); }, "randint: expected low < high, got 3 and 3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
