// Losses against values computed here in float64 by the standard library's functions.
#include "nn/losses/classification.hpp"
#include "nn/losses/penalty.hpp"
#include "nn/losses/probability.hpp"
#include "nn/losses/regression.hpp"

#include <algorithm>
#include <limits>

#include "nn/layers/linear.hpp"
#include "nn/losses/modules.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using nn::Reduction;
using Row = std::vector<double>;

constexpr double kTight = 1e-12;
const double kNaN = std::numeric_limits<double>::quiet_NaN();

const std::vector<Row> kScores{{0.2, -1.3, 2.1}, {1.5, 0.3, -0.4}, {-0.7, 0.9, 0.1}, {3.0, 2.5, -2.0}};
const std::vector<std::int64_t> kLabels{2, 0, 1, 2};

Tensor scores() {
  Row flat;
  for (const Row& row : kScores) flat.insert(flat.end(), row.begin(), row.end());
  return from_vector(flat, {4, 3});
}

Tensor labels() { return from_vector(kLabels, {4}); }

double log_softmax_of(const Row& row, std::size_t j) {
  double total = 0;
  for (const double v : row) total += std::exp(v);
  return row[j] - std::log(total);
}

/// -log softmax(row)[label] of each example.
Row reference_cross_entropy() {
  Row losses;
  for (std::size_t i = 0; i < kScores.size(); ++i) {
    losses.push_back(-log_softmax_of(kScores[i], static_cast<std::size_t>(kLabels[i])));
  }
  return losses;
}

double total(const Row& row) {
  double sum = 0;
  for (const double v : row) sum += v;
  return sum;
}

Tensor doubles(const Row& values) { return from_vector(values, {values.size()}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_loss)

BOOST_AUTO_TEST_CASE(cross_entropy_is_the_negative_log_softmax_at_the_label) {
  const Row losses = reference_cross_entropy();
  expect_values(nn::cross_entropy(scores(), labels(), {.reduction = Reduction::none}), losses, kTight);
  expect_values(nn::cross_entropy(scores(), labels(), {.reduction = Reduction::sum}), {total(losses)},
                kTight);
  expect_values(nn::cross_entropy(scores(), labels()), {total(losses) / 4}, kTight);
  BOOST_TEST((nn::cross_entropy(scores().to(kFloat32), labels()).dtype() == kFloat32));
  BOOST_TEST(nn::cross_entropy(scores(), labels()).dim() == 0);
}

BOOST_AUTO_TEST_CASE(cross_entropy_weighs_classes_and_its_mean_is_weighted) {
  const Row weight{0.5, 2, 3};
  Row losses = reference_cross_entropy();
  double weights = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    losses[i] *= weight[static_cast<std::size_t>(kLabels[i])];
    weights += weight[static_cast<std::size_t>(kLabels[i])];
  }
  const Tensor w = doubles(weight);
  expect_values(nn::cross_entropy(scores(), labels(), {.weight = w, .reduction = Reduction::none}), losses,
                kTight);
  expect_values(nn::cross_entropy(scores(), labels(), {.weight = w}), {total(losses) / weights}, kTight);
}

BOOST_AUTO_TEST_CASE(ignored_labels_count_for_nothing_whatever_their_scores) {
  const Row losses = reference_cross_entropy();
  const Tensor x = scores();
  x[1].fill_(kNaN);
  const Tensor y = tensor({2, -100, 1, 2});
  const Row expected{losses[0], 0, losses[2], losses[3]};
  expect_values(nn::cross_entropy(x, y, {.reduction = Reduction::none}), expected, kTight);
  expect_values(nn::cross_entropy(x, y), {total(expected) / 3}, kTight);
  expect_values(nn::cross_entropy(x, tensor({2, 7, 1, 2}), {.ignore_index = 7}), {total(expected) / 3},
                kTight);
  expect_values(nn::cross_entropy(x, tensor({7, 7, 7, 7}), {.ignore_index = 7}), {kNaN});
}

BOOST_AUTO_TEST_CASE(label_smoothing_mixes_with_the_uniform_distribution) {
  const double s = 0.2;
  Row expected;
  for (std::size_t i = 0; i < kScores.size(); ++i) {
    double loss = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      const double target = (static_cast<std::int64_t>(j) == kLabels[i] ? 1 - s : 0) + s / 3;
      loss -= target * log_softmax_of(kScores[i], j);
    }
    expected.push_back(loss);
  }
  expect_values(nn::cross_entropy(scores(), labels(), {.reduction = Reduction::none, .label_smoothing = s}),
                expected, kTight);
  // the same targets, given as probabilities
  const Tensor soft = one_hot(labels(), 3).to(kFloat64) * (1 - s) + s / 3;
  expect_values(nn::cross_entropy(scores(), soft), {total(expected) / 4}, kTight);
  expect_values(nn::cross_entropy(scores(), one_hot(labels(), 3).to(kFloat64), {.label_smoothing = s}),
                {total(expected) / 4}, kTight);
}

BOOST_AUTO_TEST_CASE(cross_entropy_is_stable_for_large_logits) {
  const Tensor x = tensor({{1e4, -1e4, 0.0}}, {.dtype = kFloat64});
  expect_values(nn::cross_entropy(x, tensor({0})), {0});
  expect_values(nn::cross_entropy(x, tensor({1})), {2e4});
}

BOOST_AUTO_TEST_CASE(cross_entropy_takes_one_example_and_pixels) {
  const Row losses = reference_cross_entropy();
  expect_values(nn::cross_entropy(scores()[0], tensor(2)), {losses[0]}, kTight);
  const Tensor pixels = reshape(scores(), {2, 2, 3}).permute({0, 2, 1});  // {N, C, d}
  const Tensor result = nn::cross_entropy(pixels, reshape(labels(), {2, 2}), {.reduction = Reduction::none});
  BOOST_TEST((result.shape() == Shape{2, 2}));
  expect_values(result, losses, kTight);
}

BOOST_AUTO_TEST_CASE(no_examples_have_a_sum_of_zero_and_no_mean) {
  const Tensor x = zeros({0, 3}, {.dtype = kFloat64}), y = zeros({0}, {.dtype = kInt64});
  expect_values(nn::cross_entropy(x, y, {.reduction = Reduction::sum}), {0});
  expect_values(nn::cross_entropy(x, y), {kNaN});
}

BOOST_AUTO_TEST_CASE(nll_loss_takes_log_probabilities) {
  expect_values(nn::nll_loss(log_softmax(scores(), 1), labels()), {total(reference_cross_entropy()) / 4},
                kTight);
}

BOOST_AUTO_TEST_CASE(multi_margin_loss_is_the_hinge_over_wrong_classes) {
  for (const int p : {1, 2}) {
    Row expected;
    for (std::size_t i = 0; i < kScores.size(); ++i) {
      const auto label = static_cast<std::size_t>(kLabels[i]);
      double loss = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        if (j != label) loss += std::pow(std::max(0.0, 0.8 - kScores[i][label] + kScores[i][j]), p);
      }
      expected.push_back(loss / 3);
    }
    expect_values(
        nn::multi_margin_loss(scores(), labels(), {.p = p, .margin = 0.8, .reduction = Reduction::none}),
        expected, kTight);
    expect_values(nn::multi_margin_loss(scores(), labels(), {.p = p, .margin = 0.8}), {total(expected) / 4},
                  kTight);
  }
}

BOOST_AUTO_TEST_CASE(regression_losses_measure_differences) {
  const Row x{0.5, -2, 3, 1}, t{0, 1, 3.25, 0.25};
  Row squares, magnitudes, hubers;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double z = std::abs(x[i] - t[i]);
    squares.push_back(z * z);
    magnitudes.push_back(z);
    hubers.push_back(z < 0.6 ? z * z / 2 : 0.6 * (z - 0.3));
  }
  const Tensor a = doubles(x), b = doubles(t);
  expect_values(nn::mse_loss(a, b, {.reduction = Reduction::none}), squares, kTight);
  expect_values(nn::mse_loss(a, b), {total(squares) / 4}, kTight);
  expect_values(nn::l1_loss(a, b, {.reduction = Reduction::sum}), {total(magnitudes)}, kTight);
  expect_values(nn::huber_loss(a, b, {.reduction = Reduction::none, .delta = 0.6}), hubers, kTight);
}

BOOST_AUTO_TEST_CASE(binary_cross_entropy_clamps_its_logarithms_at_minus_100) {
  const Row x{0.2, 0.9, 0, 1, 0, 1}, t{1, 0.25, 0, 1, 1, 0};
  const Row expected{-std::log(0.2), -0.25 * std::log(0.9) - 0.75 * std::log1p(-0.9), 0, 0, 100, 100};
  expect_values(nn::binary_cross_entropy(doubles(x), doubles(t), {.reduction = Reduction::none}), expected,
                kTight);
  expect_values(nn::binary_cross_entropy(doubles(x), doubles(t), {.weight = doubles({2, 2, 2, 2, 2, 2})}),
                {total(expected) / 3}, kTight);
}

BOOST_AUTO_TEST_CASE(a_saturated_probability_has_a_finite_gradient) {
  const Tensor x = from_vector(Row{0, 1, 0, 1}, {4}, {.requires_grad = true});
  nn::binary_cross_entropy(x, doubles({0, 1, 1, 0}), {.reduction = Reduction::sum}).backward();
  expect_values(x.grad(), {0, 0, -1e12, 1e12});  // (x - t) / max(x (1 - x), 1e-12)
}

BOOST_AUTO_TEST_CASE(binary_cross_entropy_with_logits_is_that_of_the_sigmoid) {
  const Row x{0.3, -2, 5}, t{1, 0, 0.4};
  const Row pos{2, 3, 0.5};
  Row plain, weighted;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double log_p = -std::log1p(std::exp(-x[i])), log_q = -std::log1p(std::exp(x[i]));
    plain.push_back(-t[i] * log_p - (1 - t[i]) * log_q);
    weighted.push_back(-pos[i] * t[i] * log_p - (1 - t[i]) * log_q);
  }
  const Tensor a = doubles(x), b = doubles(t);
  expect_values(nn::binary_cross_entropy_with_logits(a, b, {.reduction = Reduction::none}), plain, kTight);
  expect_values(
      nn::binary_cross_entropy_with_logits(a, b, {.reduction = Reduction::none, .pos_weight = doubles(pos)}),
      weighted, kTight);
  expect_values(nn::binary_cross_entropy_with_logits(doubles({1000, -1000, 1000}), doubles({1, 0, 0}),
                                                     {.reduction = Reduction::none}),
                {0, 0, 1000});
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_logit_of_zero_is_a_half) {
  const Tensor x = from_vector(Row{0, 0}, {2}, {.requires_grad = true});
  nn::binary_cross_entropy_with_logits(x, doubles({1, 0}), {.reduction = Reduction::sum}).backward();
  expect_values(x.grad(), {-0.5, 0.5}, kTight);
}

BOOST_AUTO_TEST_CASE(kl_div_compares_distributions) {
  const Row log_p{std::log(0.2), std::log(0.3), std::log(0.5), std::log(0.9)}, q{0.4, 0.6, 0, 1};
  Row expected, log_q;
  for (std::size_t i = 0; i < q.size(); ++i) {
    expected.push_back(q[i] == 0 ? 0 : q[i] * (std::log(q[i]) - log_p[i]));
    log_q.push_back(std::log(q[i] + 0.1));
  }
  const Tensor x = reshape(doubles(log_p), {2, 2}), t = reshape(doubles(q), {2, 2});
  expect_values(nn::kl_div(x, t, {.reduction = Reduction::none}), expected, kTight);
  expect_values(nn::kl_div(x, t), {total(expected) / 4}, kTight);
  expect_values(nn::kl_div(x, t, {.reduction = Reduction::batchmean}), {total(expected) / 2}, kTight);
  double in_logs = 0;
  for (std::size_t i = 0; i < q.size(); ++i) in_logs += std::exp(log_q[i]) * (log_q[i] - log_p[i]);
  expect_values(nn::kl_div(doubles(log_p), doubles(log_q), {.reduction = Reduction::sum, .log_target = true}),
                {in_logs}, kTight);
}

BOOST_AUTO_TEST_CASE(l2_penalty_counts_weights_and_no_biases) {
  nn::Linear linear(2, 2);
  {
    const NoGradGuard no_grad;
    linear.weight().copy_(tensor({{1.0, 2.0}, {3.0, 4.0}}));
  }
  const Tensor penalty = nn::l2_penalty(linear, 0.1);
  expect_values(penalty, {0.5 * 0.1 * 30});
  penalty.backward();
  expect_values(linear.weight().grad(), {0.1, 0.2, 0.3, 0.4});
  BOOST_TEST(!linear.bias().grad().defined());
  nn::Linear no_weights(1, 1);
  struct Bias : nn::ModuleBase {
    Tensor b = register_parameter("b", ones({3}));
  };
  BOOST_TEST(nn::l2_penalty(Bias(), 1).item() == 0.0);
}

BOOST_AUTO_TEST_CASE(loss_modules_call_the_functions_with_their_options) {
  nn::CrossEntropyLoss plain;
  nn::CrossEntropyLoss smooth({.label_smoothing = 0.1});
  BOOST_TEST(plain(scores(), labels()).equal(nn::cross_entropy(scores(), labels())));
  BOOST_TEST(
      smooth(scores(), labels()).equal(nn::cross_entropy(scores(), labels(), {.label_smoothing = 0.1})));
  const Tensor a = doubles({1, 2}), b = doubles({2, 4});
  BOOST_TEST(nn::MSELoss({.reduction = Reduction::sum})(a, b).item() == 5.0);
  BOOST_TEST(nn::L1Loss()(a, b).item() == 1.5);
  BOOST_TEST(nn::HuberLoss({.delta = 0.5})(a, b).equal(nn::huber_loss(a, b, {.delta = 0.5})));
  BOOST_TEST(nn::BCEWithLogitsLoss()(a, doubles({0, 1})).item() > 0);
  BOOST_TEST(nn::BCELoss()(doubles({0.5}), doubles({1})).item() == std::log(2),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(nn::MultiMarginLoss()(scores(), labels()).item() > 0);
  BOOST_TEST(nn::NLLLoss()(log_softmax(scores(), 1), labels()).equal(plain(scores(), labels())));
  BOOST_TEST(nn::KLDivLoss({.log_target = true})(a, a).item() == 0.0);
}

BOOST_AUTO_TEST_CASE(a_loss_module_s_weight_is_a_buffer_that_to_converts) {
  nn::CrossEntropyLoss loss({.weight = ones({3})});
  loss.to(kFloat64);
  BOOST_TEST((loss.buffers().at(0).dtype() == kFloat64));
  BOOST_TEST(loss.state_dict().contains("weight"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
