// What arguments and dtypes mean, and which are refused: as in PyTorch. What must not compile is asked for by
// requires expressions.
#include <cmath>
#include <limits>

#include "autograd/graph/backward.hpp"
#include "nn/losses/probability.hpp"
#include "nn/losses/regression.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

template <class T>
constexpr bool takes_wrong_dims = requires(const T& a) {
  softmax(a, 0.7);
}
|| requires(const T& a) { a.softmax(true); }
|| requires(const T& a) { a.sum(true); }
|| requires(const T& a) { sum(a, 0.5); }
|| requires(const T& a) { a.mean(true); }
|| requires(const T& a) { a.amax(true); }
|| requires(const T& a) { max(a, 0.5); }
|| requires(const T& a) { a.max(true); }
|| requires(const T& a) { a.argmax(true); }
|| requires(const T& a) { a.cumsum(1.0); }
|| requires(const T& a) { a.squeeze(true); }
|| requires(const T& a) { a.size(1.0); }
|| requires(const T& a) { a.sort(true); }
|| requires(const T& a) { a.var(0.5); }
|| requires(const T& a) { a.transpose(0, 1.0); }
|| requires(const T& a) { a.any(true); };
static_assert(!takes_wrong_dims<Tensor>);

/// The gradient of sum(f(x)) and the gradient of its sum.
std::pair<std::vector<double>, std::vector<double>> slopes(const Tensor& x,
                                                           const std::function<Tensor(const Tensor&)>& f) {
  const Tensor first = grad({sum(f(x))}, {x}, {.create_graph = true})[0];
  const Tensor second = grad({sum(first)}, {x}, {.allow_unused = true})[0];
  return {first.to_vector<double>(), second.defined() ? second.to_vector<double>() : std::vector<double>()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_meanings)

BOOST_AUTO_TEST_CASE(a_positional_bool_of_var_and_std_is_unbiased) {
  const Tensor a = tensor({{1.0, 2.0, 4.0}, {3.0, 5.0, 9.0}});
  expect_values(a.var(0, false), {1, 2.25, 6.25});
  expect_values(a.var(0, true), {2, 4.5, 12.5});
  expect_values(a.std(true), {std::sqrt(8.0)});
  expect_values(a.std(false), {std::sqrt(20.0 / 3)});
  expect_values(var(a, false), {20.0 / 3});
  expect_values(var(a, {0, 1}), {8});
  expect_values(a.std({0}), {std::sqrt(2.0), std::sqrt(4.5), std::sqrt(12.5)});
  BOOST_TEST(a.var(0, false, true).shape() == Shape({1, 3}));
  BOOST_TEST(a.var(0, {.keepdim = true}).shape() == Shape({1, 3}));
  expect_values(a.var(0, {.correction = 0}), {1, 2.25, 6.25});
  expect_values(a.var({.correction = 0}), {20.0 / 3});
}

BOOST_AUTO_TEST_CASE(bools_are_not_subtracted) {
  const Tensor mask = tensor({true, false});
  for (const auto& f : std::vector<std::function<Tensor()>>{
           [&] { return 1 - mask; }, [&] { return mask - 1; }, [&] { return 1.5 - mask; },
           [&] { return mask - true; }, [&] { return mask - mask; },
           [&] {
             return mask - tensor({1.0, 2.0});
           },
           [&] { return -mask; }}) {
    expect_error([&] { (void)f(); }, "logical_not");
  }
  expect_error([&] { tensor({1.0, 2.0}).sub_(mask); }, "sub_: a difference of bool tensors is not defined");
  expect_error([&] { tensor({3, 4}) -= mask; }, "sub_: a difference of bool tensors is not defined");
}

BOOST_AUTO_TEST_CASE(products_want_one_dtype) {
  const Tensor a = ones({2, 2}), b = ones({2, 2}, {.dtype = kFloat64}), n = ones({2, 2}, {.dtype = kInt64});
  expect_error([&] { (void)matmul(a, b); },
               "matmul: cannot multiply float32 by float64; convert one of them");
  expect_error([&] { (void)matmul(n, a); }, "matmul: cannot multiply int64 by float32");
  expect_error([&] { (void)bmm(a.unsqueeze(0), b.unsqueeze(0)); }, "bmm: cannot multiply");
  expect_error([&] { (void)dot(a[0], b[0]); }, "cannot multiply");
  expect_error([&] { (void)mm(a, b); }, "cannot multiply");
  expect_values(matmul(n, n), {2, 2, 2, 2});
  BOOST_TEST((outer(a[0], b[0]).dtype() == kFloat64));
}

BOOST_AUTO_TEST_CASE(what_has_no_order_or_no_slope_is_refused) {
  const Tensor mask = tensor({true, false}), n = tensor({1, -2});
  expect_error([&] { (void)argmax(mask); }, "argmax: a bool tensor has no order");
  expect_error([&] { (void)argmin(mask, 0); }, "argmin: a bool tensor has no order");
  expect_error([&] { (void)topk(mask, 1); }, "topk: a bool tensor has no order");
  BOOST_TEST(max(mask).item<bool>());
  expect_error([&] { (void)gelu(n); }, "gelu: expected float32 or float64, got int64");
  expect_error([&] { (void)gelu(n, "tanh"); }, "gelu_tanh");
  expect_error([&] { (void)silu(n); }, "silu");
  expect_error([&] { (void)elu(n); }, "elu");
  expect_error([&] { (void)leaky_relu(n); }, "leaky_relu");
  expect_error([&] { (void)softplus(n); }, "softplus");
  expect_values(relu(n), {1, 0});
  expect_values(logsumexp(tensor({1, 2, -3}), 0), {2.3182}, 1e-4);
}

BOOST_AUTO_TEST_CASE(uint8_masks_choose_but_do_not_fill) {
  const Tensor mask = tensor({1, 0}, {.dtype = kUInt8});
  expect_values(where(mask, tensor({1.0, 2.0}), tensor({3.0, 4.0})), {1, 4});
  expect_error(
      [&] {
        (void)masked_fill(tensor({1.0, 2.0}), mask, 9);
      },
      "masked_fill: the mask is uint8; expected bool");
  expect_error([&] { (void)where(tensor({1, 0}), tensor({1.0, 2.0}), 3); }, "where: the condition is int64");
}

BOOST_AUTO_TEST_CASE(linear_takes_a_weight_of_one_row) {
  const Tensor x = tensor({{1.0, 2.0, 4.0}, {3.0, 5.0, 9.0}});
  expect_values(linear(x, ones({3})), {7, 17});
  BOOST_TEST(linear(x[0], ones({3})).dim() == 0);
  expect_error([&] { (void)linear(x, ones({2})); }, "linear: an input of shape {2, 3}");
}

BOOST_AUTO_TEST_CASE(a_bound_that_is_nan_gives_nan_and_no_gradient) {
  const Tensor x = leaf({1, 2, 3});
  expect_values(clamp(x, kNan, 3.0), {kNan, kNan, kNan});
  expect_values(clamp(x, 0.0, kNan), {kNan, kNan, kNan});
  sum(clamp(x, kNan, 3.0)).backward();
  expect_values(x.grad(), {0, 0, 0});

  const Tensor y = leaf({1, 2, 0}), low = leaf({kNan, 0, 1}), high = leaf({5, kNan, 3});
  const Tensor clamped = clamp(y, low, high);
  expect_values(clamped, {kNan, kNan, 1});
  sum(clamped).backward();
  expect_values(y.grad(), {0, 0, 0});
  expect_values(low.grad(), {0, 0, 1});
  expect_values(high.grad(), {0, 0, 0});
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_clamp_goes_to_what_decides) {
  const Tensor x = leaf({1, 2, 3}), low = leaf({1, 3, 0}), high = leaf({5, 2, 3});
  const Tensor y = clamp(x, low, high);
  expect_values(y, {1, 2, 3});
  sum(y).backward();
  expect_values(x.grad(), {1, 0, 1});
  expect_values(low.grad(), {0, 0, 0});
  expect_values(high.grad(), {0, 1, 0});
}

BOOST_AUTO_TEST_CASE(nan_among_the_elements_takes_the_gradient_of_an_extreme) {
  for (const auto& f : std::vector<Tensor (*)(const Tensor&)>{[](const Tensor& x) { return max(x); },
                                                              [](const Tensor& x) { return min(x); }}) {
    const Tensor x = leaf({1, kNan, 3, kNan});
    const Tensor y = f(x);
    BOOST_TEST(std::isnan(y.item()));
    y.backward();
    expect_values(x.grad(), {0, 0.5, 0, 0.5});
  }
  const Tensor x = leaf({1, kNan, 3, kNan});
  norm(x, kInfinity).backward();
  expect_values(x.grad(), {0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(huber_loss_does_not_lose_nan) {
  const Tensor x = leaf({kNan});
  const Tensor loss = nn::huber_loss(x, zeros({1}, {.dtype = kFloat64}));
  BOOST_TEST(std::isnan(loss.item()));
  loss.backward();
  BOOST_TEST(std::isnan(x.grad().item()));
}

BOOST_AUTO_TEST_CASE(the_gradient_passes_a_relu_of_nan) {  // PyTorch's, whose condition is x <= 0
  for (const DType dtype : {kFloat32, kFloat64}) {
    const Tensor x = tensor({kNan, -1.0, 2.0}, {.dtype = dtype, .requires_grad = true});
    (relu(x) * 3).sum().backward();
    expect_values(x.grad(), {3, 0, 3});
  }
}

BOOST_AUTO_TEST_CASE(probabilities_that_are_nan_are_refused) {
  const Tensor t = ones({2});
  expect_error([&] { (void)nn::binary_cross_entropy(tensor({kNan, 0.5}), t); }, "element 0 is nan");
}

BOOST_AUTO_TEST_CASE(slopes_of_slopes_at_saturations_and_kinks) {  // PyTorch's double backward
  const Tensor target = tensor({1, 1, 0, 1}, {.dtype = kFloat64});
  const auto saturated = slopes(leaf({1 - 1e-16, 0.5, 0, 1}), [&](const Tensor& x) {
    return nn::binary_cross_entropy(x, target, {.reduction = nn::Reduction::sum});
  });
  const std::vector<double> first{-1.1102e-4, -2, 0, 0}, second{0, 4, 0, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(std::abs(saturated.first[i] - first[i]) < 1e-6);
    BOOST_TEST(std::abs(saturated.second[i] - second[i]) < 1e-6);
  }
  const Tensor wrong_target = tensor({0, 1, 0.5, 0.5}, {.dtype = kFloat64});
  const auto wrong = slopes(leaf({1, 0, 1, 0}), [&](const Tensor& x) {
    return nn::binary_cross_entropy(x, wrong_target, {.reduction = nn::Reduction::sum});
  });
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(wrong.second[i] / (i < 2 ? 1e24 : 5e23) == 1, boost::test_tools::tolerance(1e-9));
  }
  const auto huber = slopes(leaf({1, -1, 2, 0.5, 0}), [&](const Tensor& x) {
    return nn::huber_loss(x, zeros({5}, {.dtype = kFloat64}), {.reduction = nn::Reduction::sum});
  });
  BOOST_TEST(huber.first == (std::vector<double>{1, -1, 1, 0.5, 0}), boost::test_tools::per_element());
  BOOST_TEST(huber.second == (std::vector<double>{0, 0, 0, 1, 1}), boost::test_tools::per_element());
  const auto leaky = slopes(leaf({-1, 0, 2}), [](const Tensor& x) { return sum(leaky_relu(x, 0.5)); });
  BOOST_TEST(leaky.first == (std::vector<double>{0.5, 0.5, 1}), boost::test_tools::per_element());
  BOOST_TEST(leaky.second == (std::vector<double>{0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(masks_have_signs_and_squares) {
  const Tensor mask = tensor({true, false});
  BOOST_TEST(sign(mask).equal(mask));
  BOOST_TEST((sign(mask).raw() != mask.raw()));
  BOOST_TEST(square(mask).equal(tensor({1, 0})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
