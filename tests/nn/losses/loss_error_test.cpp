// What the losses refuse, and how they say so.
#include "nn/losses/classification.hpp"
#include "nn/losses/probability.hpp"
#include "nn/losses/regression.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {
using nn::Reduction;
}

BOOST_AUTO_TEST_SUITE(nn_loss_errors)

BOOST_AUTO_TEST_CASE(labels_out_of_range_are_named_with_their_position) {
  expect_error(
      [] {
        nn::cross_entropy(zeros({3, 4}), tensor({0, 4, 1}));
      },
      "cross_entropy: label 4 at position 1 is out of range for 4 classes");
  expect_error(
      [] {
        nn::nll_loss(zeros({2, 4}), tensor({0, -1}));
      },
      "nll_loss: label -1 at position 1 is out of range for 4 classes");
  expect_error(
      [] {
        nn::multi_margin_loss(zeros({1, 4}), tensor({-100}));
      },
      "multi_margin_loss: label -100 at position 0");
}

BOOST_AUTO_TEST_CASE(labels_must_fit_the_scores_in_shape_and_dtype) {
  expect_error(
      [] {
        nn::cross_entropy(zeros({3, 4}), tensor({0, 1}));
      },
      "cross_entropy: labels of shape {2} do not fit scores of shape {3, 4}; expected {3}");
  expect_error(
      [] {
        nn::cross_entropy(zeros({3, 4}), zeros({3}));
      },
      "cross_entropy: the labels are float32; expected int64");
  expect_error(
      [] {
        nn::cross_entropy(zeros({3, 4}, {.dtype = kInt64}), tensor({0, 1, 2}));
      },
      "cross_entropy: the scores are int64; expected float32 or float64");
  expect_error([] { nn::cross_entropy(tensor(1.0), tensor(0)); }, "cross_entropy: the scores are 0-d");
  expect_error(
      [] {
        nn::multi_margin_loss(zeros({2, 3, 4}), zeros({2, 4}, {.dtype = kInt64}));
      },
      "{2, 3, 4}");
}

BOOST_AUTO_TEST_CASE(options_are_checked) {
  const Tensor x = zeros({2, 3}), y = tensor({0, 1});
  expect_error([&] { nn::cross_entropy(x, y, {.weight = ones({2})}); },
               "cross_entropy: the weight's shape is {2}; expected one factor per class, {3}");
  expect_error([&] { nn::cross_entropy(x, y, {.label_smoothing = 1.5}); }, "label_smoothing is 1.5");
  expect_error([&] { nn::cross_entropy(x, y, {.reduction = Reduction::batchmean}); },
               "batchmean is a reduction of kl_div");
  expect_error([&] { nn::multi_margin_loss(x, y, {.p = 3}); }, "multi_margin_loss: p is 3; expected 1 or 2");
  expect_error([&] { nn::huber_loss(x, x, {.delta = 0}); }, "huber_loss: delta is 0");
  expect_error([&] { nn::smooth_l1_loss(x, x, {.beta = -1}); }, "smooth_l1_loss: beta is -1");
}

BOOST_AUTO_TEST_CASE(a_target_that_would_enlarge_the_loss_is_refused) {
  expect_error(
      [] {
        nn::mse_loss(zeros({5, 1}), zeros({5}));
      },
      "mse_loss: the target's shape {5} does not fit the input's {5, 1}");
  expect_error([] { nn::l1_loss(zeros({5}), zeros({5, 1})); }, "l1_loss");
  BOOST_TEST(nn::mse_loss(ones({5, 2}), zeros({2})).item() ==
             1.0);  // a broadcast to the input's shape is fine
}

BOOST_AUTO_TEST_CASE(binary_losses_want_equal_shapes_and_probabilities) {
  expect_error(
      [] {
        nn::binary_cross_entropy(zeros({2, 2}), zeros({2}));
      },
      "differs from the input's {2, 2}");
  expect_error([] { nn::binary_cross_entropy(tensor({0.5, 1.5}), zeros({2})); }, "element 1 is 1.5");
  expect_error(
      [] {
        nn::binary_cross_entropy_with_logits(zeros({2}), tensor({0, 1}));
      },
      "binary_cross_entropy_with_logits: the target is int64");
  expect_error(
      [] { nn::binary_cross_entropy_with_logits(zeros({2}), zeros({2}), {.pos_weight = ones({3})}); },
      "the pos_weight's shape {3} does not broadcast to the input's {2}");
}

BOOST_AUTO_TEST_CASE(of_kl_div) {
  expect_error(
      [] {
        nn::kl_div(zeros({2, 3}), zeros({3, 2}));
      },
      "kl_div: the target's shape {3, 2} does not fit the input's {2, 3}");
  expect_error([] { nn::kl_div(tensor({0, 1}), zeros({2})); }, "kl_div: the input is int64");
}

BOOST_AUTO_TEST_CASE(no_examples_of_no_classes_have_no_cross_entropy) {
  const Tensor logits = zeros({0, 0}, {.requires_grad = true});
  const Tensor loss =
      nn::cross_entropy(logits, zeros({0}, {.dtype = kInt64}), {.reduction = nn::Reduction::sum});
  BOOST_TEST(loss.item() == 0);
  loss.backward();
  BOOST_TEST((logits.grad().shape() == Shape{0, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
