// nn::init: bounds, moments and errors.
#include "nn/init.hpp"

#include "nn/layers/linear.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct Moments {
  double mean, std, least, greatest;
};

Moments moments(const Tensor& x) {
  const std::vector<double> values = x.to_vector<double>();
  const auto n = static_cast<double>(values.size());
  Moments m{0, 0, values[0], values[0]};
  for (const double v : values) {
    m.mean += v / n;
    m.least = std::min(m.least, v);
    m.greatest = std::max(m.greatest, v);
  }
  for (const double v : values) m.std += (v - m.mean) * (v - m.mean) / n;
  m.std = std::sqrt(m.std);
  return m;
}

/// U(-bound, bound): nothing outside, the extremes near the bound, and its deviation bound / sqrt(3).
void expect_uniform(const Tensor& x, double bound) {
  const Moments m = moments(x);
  BOOST_TEST(m.least >= -bound);
  BOOST_TEST(m.greatest <= bound);
  BOOST_TEST(m.greatest > 0.99 * bound);
  BOOST_TEST(m.std == bound / std::sqrt(3.0), boost::test_tools::tolerance(0.03));
}

void expect_normal(const Tensor& x, double mean, double std) {
  const Moments m = moments(x);
  BOOST_TEST(std::abs(m.mean - mean) < 5 * std / std::sqrt(static_cast<double>(x.numel())));
  BOOST_TEST(m.std == std, boost::test_tools::tolerance(0.03));
  BOOST_TEST(m.greatest > mean + 3 * std);  // no uniform distribution
}

Tensor weight() { return empty({100, 60}, {.requires_grad = true}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_init)

BOOST_AUTO_TEST_CASE(plain_distributions_have_their_moments) {
  Generator g(11);
  expect_uniform(nn::init::uniform_(weight(), -2, 2, &g), 2);
  expect_uniform(nn::init::uniform_(weight(), {.a = -0.5, .b = 0.5, .generator = &g}), 0.5);
  expect_normal(nn::init::normal_(weight(), 1.0, 0.01, &g), 1, 0.01);
  expect_normal(nn::init::normal_(weight(), {.std = 3, .generator = &g}), 0, 3);
}

BOOST_AUTO_TEST_CASE(truncated_normals_stay_within_their_bounds) {
  Generator g(18);
  const Moments usual = moments(nn::init::trunc_normal_(weight(), 0, 1, -2, 2, &g));
  BOOST_TEST((usual.least >= -2 && usual.least < -1.9 && usual.greatest <= 2 && usual.greatest > 1.9));
  BOOST_TEST(std::abs(usual.mean) < 0.05);
  BOOST_TEST(usual.std == 0.8796, boost::test_tools::tolerance(0.03));  // sqrt(1 - 4 phi(2) / (2 Phi(2) - 1))
  const Moments half =
      moments(nn::init::trunc_normal_(weight(), {.mean = 1, .std = 2, .a = 1, .b = 100, .generator = &g}));
  BOOST_TEST(half.least >= 1);
  BOOST_TEST(half.mean == 1 + 2 * std::sqrt(2 / 3.14159265), boost::test_tools::tolerance(0.03));
  BOOST_TEST(half.greatest < 100);
  expect_error([] { nn::init::trunc_normal_(ones({3}), 0, 0); }, "init::trunc_normal_: std is 0; expected");
  expect_error([] { nn::init::trunc_normal_(ones({3}), 0, 1, 2, 2); },
               "a is 2 and b is 2; expected a below b");
  expect_error([] { nn::init::trunc_normal_(ones({3}), 0, 1, 20, 22); }, "[20, 22] is too far from mean 0");
}

BOOST_AUTO_TEST_CASE(constants_fill_and_eye_puts_ones_on_the_diagonal) {
  expect_values(nn::init::zeros_(ones({3})), {0, 0, 0});
  expect_values(nn::init::ones_(zeros({2})), {1, 1});
  expect_values(nn::init::constant_(zeros({2}), 0.25), {0.25, 0.25});
  expect_values(nn::init::eye_(ones({2, 3})), {1, 0, 0, 0, 1, 0});
  expect_error([] { nn::init::eye_(ones({3})); }, "init::eye_: expected a tensor of 2 dims");
}

BOOST_AUTO_TEST_CASE(xavier_scales_by_both_fans) {
  Generator g(12);
  expect_uniform(nn::init::xavier_uniform_(weight(), 2.0, &g), 2 * std::sqrt(6.0 / 160));
  expect_normal(nn::init::xavier_normal_(weight(), {.gain = 0.5, .generator = &g}), 0,
                0.5 * std::sqrt(2.0 / 160));
}

BOOST_AUTO_TEST_CASE(kaiming_scales_by_the_chosen_fan_and_nonlinearity) {
  Generator g(13);
  expect_uniform(nn::init::kaiming_uniform_(weight(), {.a = std::sqrt(5.0), .generator = &g}),
                 1 / std::sqrt(60.0));
  expect_uniform(nn::init::kaiming_uniform_(weight(), {.generator = &g}), std::sqrt(6.0 / 60));
  expect_normal(nn::init::kaiming_normal_(
                    weight(), {.mode = nn::init::FanMode::fan_out, .nonlinearity = "relu", .generator = &g}),
                0, std::sqrt(2.0 / 100));
  // {out, in, 3, 3}: fans count the receptive field
  expect_normal(nn::init::kaiming_normal_(empty({32, 16, 3, 3}), {.nonlinearity = "linear", .generator = &g}),
                0, 1 / std::sqrt(16.0 * 9));
}

BOOST_AUTO_TEST_CASE(lecun_scales_by_fan_in_alone) {
  Generator g(14);
  expect_uniform(nn::init::lecun_uniform_(weight(), {.generator = &g}), std::sqrt(3.0 / 60));
  expect_normal(nn::init::lecun_normal_(weight(), {.generator = &g}), 0, 1 / std::sqrt(60.0));
}

// E[W], E[W^2] and E[W^4] of each rule, all from the fans of {400, 100}. E[W^4] tells the distributions
// apart: 3 E[W^2]^2 for a normal one, 9/5 E[W^2]^2 for a uniform one. Over 40000 values the sample means of
// W, W^2 and W^4 have standard deviations of 0.5 %, 0.7 % and 1.6 % (of sqrt E[W^2], E[W^2] and E[W^4]).
BOOST_AUTO_TEST_CASE(every_rule_has_its_moments) {
  const Tensor w = empty({400, 100}, {.dtype = kFloat64, .requires_grad = true});
  Generator g(15);
  const auto expect_moments = [](const Tensor& x, double second, double kurtosis) {
    const Tensor values = x.detach();
    BOOST_TEST(std::abs(mean(values).item()) < 4 * 0.005 * std::sqrt(second));
    BOOST_TEST(mean(square(values)).item() == second, boost::test_tools::tolerance(4 * 0.007));
    BOOST_TEST(mean(pow(values, 4)).item() == kurtosis * second * second,
               boost::test_tools::tolerance(4 * 0.016));
  };
  constexpr double kNormal = 3, kUniform = 9.0 / 5;
  expect_moments(nn::init::normal_(w, 0, 0.01, &g), 0.01 * 0.01, kNormal);
  expect_moments(nn::init::lecun_normal_(w, {.generator = &g}), 1.0 / 100, kNormal);
  expect_moments(nn::init::lecun_uniform_(w, {.generator = &g}), 1.0 / 100, kUniform);
  expect_moments(nn::init::kaiming_normal_(w, {.nonlinearity = "relu", .generator = &g}), 2.0 / 100, kNormal);
  expect_moments(nn::init::kaiming_uniform_(w, {.nonlinearity = "relu", .generator = &g}), 2.0 / 100,
                 kUniform);
  expect_moments(nn::init::kaiming_normal_(w, {.mode = "fan_out", .generator = &g}), 2.0 / 400, kNormal);
  expect_moments(nn::init::kaiming_normal_(w, {.nonlinearity = "linear", .generator = &g}), 1.0 / 100,
                 kNormal);
  expect_moments(nn::init::xavier_normal_(w, {.generator = &g}), 2.0 / 500, kNormal);
  expect_moments(nn::init::xavier_uniform_(w, {.generator = &g}), 2.0 / 500, kUniform);
  BOOST_TEST(sum(abs(nn::init::zeros_(w).detach())).item() == 0);
}

BOOST_AUTO_TEST_CASE(he_keeps_the_size_of_what_passes_relu_layers_and_lecun_that_of_linear_ones) {
  Generator g(16);
  constexpr int layers = 10;
  /// E[x^2] after so many layers of 300 units, from 1.
  const auto after_layers = [&](const auto& initialise, bool rectified) {
    Tensor x = randn({100, 300}, {.generator = &g});
    for (int layer = 0; layer < layers; ++layer) {
      x = matmul(x, initialise(empty({300, 300})).t());
      if (rectified) x = relu(x);
    }
    return mean(square(x)).item();
  };
  const auto he = [&](const Tensor& w) {
    return nn::init::kaiming_normal_(w, {.nonlinearity = "relu", .generator = &g});
  };
  const auto lecun = [&](const Tensor& w) { return nn::init::lecun_normal_(w, {.generator = &g}); };
  BOOST_TEST(std::abs(std::log2(after_layers(he, true))) < 1);
  BOOST_TEST(std::abs(std::log2(after_layers(lecun, false))) < 1);
  BOOST_TEST(std::abs(std::log2(after_layers(lecun, true)) + layers) < 1);  // halves with every ReLU
}

BOOST_AUTO_TEST_CASE(orthogonal_rows_are_at_right_angles_whatever_the_shape) {
  Generator g(17);
  for (const Shape& shape :
       {Shape{5, 5}, Shape{3, 8}, Shape{60, 40}, Shape{2, 3, 2}, Shape{1, 4}, Shape{4, 1}}) {
    const Tensor x = nn::init::orthogonal_(empty(shape, {.dtype = kFloat64}), {.gain = 2, .generator = &g});
    const Tensor flat = x.reshape({x.size(0), -1});
    const bool is_wide = flat.size(0) <= flat.size(1);
    const Tensor products = is_wide ? matmul(flat, flat.t()) : matmul(flat.t(), flat);
    const Tensor expected = 4 * eye(products.size(0), {.dtype = kFloat64});
    BOOST_TEST(max(abs(products - expected)).item() < 1e-14);
  }
  // The first row points in any direction: each of its elements has mean 0 and square 1 / 8.
  Tensor sum = zeros({8}), squares = zeros({8});
  for (int i = 0; i < 1000; ++i) {
    const Tensor row = nn::init::orthogonal_(empty({3, 8}), 1.0, &g)[0];
    sum += row;
    squares += square(row);
  }
  BOOST_TEST(max(abs(sum / 1000)).item() < 5 * std::sqrt(1.0 / 8 / 1000));
  BOOST_TEST(max(abs(squares / 1000 - 1.0 / 8)).item() < 0.03);
  expect_error([] { nn::init::orthogonal_(ones({3})); }, "init::orthogonal_: expected a tensor of 2 dims");
  BOOST_TEST(nn::init::orthogonal_(empty({0, 3})).numel() == 0);
}

BOOST_AUTO_TEST_CASE(gains_are_pytorch_s) {
  using nn::init::calculate_gain;
  BOOST_TEST(calculate_gain("linear") == 1.0);
  BOOST_TEST(calculate_gain("sigmoid") == 1.0);
  BOOST_TEST(calculate_gain("tanh") == 5.0 / 3);
  BOOST_TEST(calculate_gain("relu") == std::sqrt(2.0));
  BOOST_TEST(calculate_gain("leaky_relu") == std::sqrt(2 / (1 + 1e-4)));
  BOOST_TEST(calculate_gain("leaky_relu", 0.2) == std::sqrt(2 / 1.04));
  BOOST_TEST(calculate_gain("selu") == 0.75);
  expect_error([] { static_cast<void>(calculate_gain("swish")); },
               "init::calculate_gain: nonlinearity is \"swish\"; expected \"linear\" or \"conv1d\" or ");
  BOOST_TEST(calculate_gain(nn::init::Nonlinearity::relu) == std::sqrt(2.0));
}

BOOST_AUTO_TEST_CASE(initialisers_write_in_place_unrecorded_and_give_the_tensor_back) {
  nn::Linear linear(3, 2);
  const Tensor w = nn::init::normal_(linear.weight(), 0.0, 0.01);
  BOOST_TEST(w.is_same(linear.weight()));
  BOOST_TEST(w.is_leaf());
  BOOST_TEST(w.requires_grad());
}

BOOST_AUTO_TEST_CASE(fans_and_modes_are_checked) {
  expect_error([] { nn::init::xavier_uniform_(ones({3})); },
               "init::xavier_uniform_: fan in and fan out need 2");
  expect_error([] { nn::init::lecun_normal_(ones({3})); }, "init::lecun_normal_: fan in and fan out need 2");
  expect_error([] { nn::init::lecun_uniform_(ones({3})); },
               "init::lecun_uniform_: fan in and fan out need 2");
  expect_error(
      [] {
        nn::init::kaiming_normal_(ones({3, 3}), {.mode = "fan"});
      },
      "init::kaiming_normal_: mode is \"fan\"; expected \"fan_in\" or \"fan_out\"");
  BOOST_TEST(nn::init::kaiming_uniform_(empty({3, 0})).numel() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
