// ctc_loss beyond its golden file: its probabilities by counting all ways, its derivative, the module,
// errors.
#include "nn/losses/ctc.hpp"

#include <cmath>

#include "autograd/check/gradcheck.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// What a sequence of classes spells: repeats once, and no blanks (0).
std::vector<std::int64_t> spelt(const std::vector<std::int64_t>& times) {
  std::vector<std::int64_t> labels;
  for (std::size_t t = 0; t < times.size(); ++t)
    if (times[t] != 0 && (t == 0 || times[t] != times[t - 1])) labels.push_back(times[t]);
  return labels;
}

/// The probability that x {T, C} spells the target, as the sum over all C^T sequences.
double counted(const Tensor& x, const std::vector<std::int64_t>& target) {
  const std::int64_t times = x.size(0), classes = x.size(1);
  const std::vector<double> p = exp(x).to_vector<double>();
  double total = 0;
  std::vector<std::int64_t> at(static_cast<std::size_t>(times), 0);
  for (bool more = true; more;) {
    if (spelt(at) == target) {
      double product = 1;
      for (std::size_t t = 0; t < at.size(); ++t)
        product *= p[t * static_cast<std::size_t>(classes) + static_cast<std::size_t>(at[t])];
      total += product;
    }
    std::size_t t = 0;
    while (t < at.size() && ++at[t] == classes) at[t++] = 0;
    more = t < at.size();
  }
  return total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_ctc)

BOOST_AUTO_TEST_CASE(the_loss_is_the_logarithm_of_the_sum_over_all_ways) {
  manual_seed(0);
  const Tensor x = log_softmax(randn({5, 3}, {.dtype = kFloat64}), 1);
  using Labels = std::vector<std::int64_t>;
  for (const Labels& target : {Labels{1, 2}, Labels{1, 1}, Labels{2, 2, 1}, Labels{1}, Labels{}}) {
    const auto length = static_cast<std::int64_t>(target.size());
    const Tensor loss =
        ctc_loss(x, from_vector(target, {length}), {5}, {length}, {.reduction = nn::Reduction::sum});
    BOOST_TEST(std::abs(loss.item() + std::log(counted(x, target))) < 1e-12, length);
  }
}

BOOST_AUTO_TEST_CASE(the_gradient_is_the_derivative_by_log_probs) {
  manual_seed(1);
  const Tensor x = log_softmax(randn({4, 2, 3}, {.dtype = kFloat64}), 2).requires_grad_();
  const Tensor targets = tensor({{1, 2}, {2, 0}});
  const auto f = [&](const std::vector<Tensor>& in) { return ctc_loss(in[0], targets, {4, 3}, {2, 1}); };
  const GradcheckResult first = gradcheck(f, {x}), second = gradgradcheck(f, {x});
  BOOST_TEST(bool(first), first.message);
  BOOST_TEST(bool(second), second.message);
}

BOOST_AUTO_TEST_CASE(the_module_takes_lengths_as_tensors_and_as_lists) {
  manual_seed(2);
  const Tensor x = log_softmax(randn({6, 2, 4}), 2), targets = tensor({{1, 2}, {2, 3}});
  const nn::CTCLoss criterion({.blank = 0, .zero_infinity = true});
  const Tensor expected = ctc_loss(x, targets, {6, 5}, {2, 2});
  BOOST_TEST(equal(criterion(x, targets, {6, 5}, {2, 2}), expected));
  BOOST_TEST(equal(criterion(x, targets, tensor({6, 5}).to(kInt32), tensor({2, 2})), expected));
  BOOST_TEST(equal(ctc_loss(x.select(1, 0), targets[0], tensor(6), tensor(2)),
                   ctc_loss(x.narrow(1, 0, 1), targets.narrow(0, 0, 1), {6}, {2})));
}

BOOST_AUTO_TEST_CASE(an_impossible_target_costs_infinity_or_nothing) {
  const Tensor x = log_softmax(zeros({2, 1, 3}), 2).requires_grad_();
  const Tensor target = tensor({{1, 1}});  // takes a blank between
  BOOST_TEST(std::isinf(ctc_loss(x, target, {2}, {2}).item()));
  const Tensor loss = ctc_loss(x, target, {2}, {2}, {.zero_infinity = true});
  BOOST_TEST(loss.item() == 0);
  loss.backward();
  expect_values(x.grad(), std::vector<double>(6, 0));
}

BOOST_AUTO_TEST_CASE(errors_say_what_would_fit) {
  const Tensor x = zeros({4, 2, 3}), targets = tensor({{1, 2}, {2, 1}});
  expect_error(
      [&] {
        ctc_loss(x, targets, {4, 5}, {2, 2});
      },
      "ctc_loss: input length 5 of target 1 is out of range for 4 times");
  expect_error(
      [&] {
        ctc_loss(x, targets, {4, 4}, {2, 3});
      },
      "ctc_loss: target length 3 of target 1 is out of range for 2 labels");
  expect_error(
      [&] {
        ctc_loss(x, tensor({{1, 3}, {2, 1}}), {4, 4}, {2, 2});
      },
      "ctc_loss: label 3 of target 0 is out of range for 3 classes");
  expect_error(
      [&] {
        ctc_loss(x, targets, {4}, {2, 2});
      },
      "ctc_loss: the input lengths are of shape {1}; expected {2}");
  expect_error(
      [&] {
        ctc_loss(x, tensor({1, 2, 1}), {4, 4}, {2, 2});
      },
      "ctc_loss: target length 2 of target 1 does not fit into targets of shape {3}");
  expect_error(
      [&] {
        ctc_loss(x, tensor({1, 2, 1}), {4, 4}, {1, 1});
      },
      "ctc_loss: the target lengths add up to 2; targets are of shape {3}");
  expect_error(
      [&] {
        ctc_loss(x, targets.to(kFloat32), {4, 4}, {2, 2});
      },
      "ctc_loss: the targets are float32; expected int64");
  expect_error(
      [&] {
        ctc_loss(x, tensor({{1, 2}}), {4, 4}, {2, 2});
      },
      "ctc_loss: targets of shape {1, 2} do not fit 2 sequences");
  expect_error(
      [&] {
        ctc_loss(x, targets, {4, 4}, {2, 2}, {.blank = 3});
      },
      "ctc_loss: blank 3 is out of range for 3 classes");
  expect_error(
      [&] {
        ctc_loss(zeros({4}), targets, {4, 4}, {2, 2});
      },
      "ctc_loss: log_probs are of shape {4}; expected {T, N, C}");
  expect_error(
      [&] {
        ctc_loss(x.to(kInt64), targets, {4, 4}, {2, 2});
      },
      "ctc_loss: expected float32 or float64, got int64");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
