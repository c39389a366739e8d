// The normalising layers and functions beyond the golden files: state, modes, errors, digits.
#include "autograd/ops/normalization.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/check/gradcheck.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/normalization.hpp"
#include "nn/layers/running_norm.hpp"
#include "nn/module/clone.hpp"
#include "nn/module/sequential.hpp"
#include "nn/optim/averaged_model.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

std::vector<std::string> names_of(const StateDict& dict) {
  std::vector<std::string> names;
  for (const auto& [name, value] : dict) names.push_back(name);
  return names;
}

using Names = std::vector<std::string>;

/// y and the gradients of x, weight and bias, for the gradient g of y.
template <class Norm>
std::vector<Tensor> results_of(const Norm& norm, const Shape& shape, const Shape& weights, DType dtype) {
  Generator generator(5);
  const auto leaf = [&](const Shape& s) {
    return randn(s, {.generator = &generator}).to(dtype).requires_grad_();
  };
  const Tensor x = leaf(shape), w = leaf(weights), b = leaf(weights), y = norm(x, w, b);
  y.backward(randn(shape, {.generator = &generator}).to(dtype));
  return {y.detach(), x.grad(), w.grad(), b.grad()};
}

/// Compares with the formula in float64, and one thread with two.
template <class Norm, class Formula>
void expect_formula(const Norm& norm, const Formula& formula, const Shape& shape, const Shape& weights) {
  const int threads = num_threads();
  set_num_threads(1);
  const auto one = results_of(norm, shape, weights, kFloat32);
  set_num_threads(2);
  const auto two = results_of(norm, shape, weights, kFloat32);
  set_num_threads(threads);
  const auto exact = results_of(formula, shape, weights, kFloat64);
  for (std::size_t i = 0; i < one.size(); ++i) {
    BOOST_TEST(equal(one[i], two[i]));
    BOOST_TEST(norm_relative_error(one[i].to(kFloat64), exact[i]) < 1e-6, "result " << i << " of " << shape);
  }
}

Tensor standardized(const Tensor& x, const Dims& dims) {
  const Tensor apart = x - mean(x, dims, true);
  return apart * rsqrt(mean(square(apart), dims, true) + 1e-5);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_normalization)

BOOST_AUTO_TEST_CASE(layers_print_and_name_their_state_as_pytorch_does) {
  const nn::BatchNorm2d batch(3);
  BOOST_TEST(to_string(batch) ==
             "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)");
  BOOST_TEST((names_of(batch.state_dict()) ==
              Names{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}));
  BOOST_TEST(batch.state_dict()["num_batches_tracked"].dtype() == kInt64);
  BOOST_TEST((batch.num_batches_tracked().shape() == Shape{}));
  const nn::BatchNorm1d plain(3, {.momentum = std::nullopt, .affine = false, .track_running_stats = false});
  BOOST_TEST(to_string(plain) ==
             "BatchNorm1d(3, eps=1e-05, momentum=None, affine=False, track_running_stats=False)");
  BOOST_TEST(plain.state_dict().empty());
  BOOST_TEST(to_string(nn::InstanceNorm2d(3)) ==
             "InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)");
  BOOST_TEST(nn::InstanceNorm1d(3).state_dict().empty());
  BOOST_TEST(to_string(nn::LayerNorm({128})) == "LayerNorm((128,), eps=1e-05, elementwise_affine=True)");
  BOOST_TEST(to_string(nn::LayerNorm({3, 4}, {.eps = 1e-6})) ==
             "LayerNorm((3, 4), eps=1e-06, elementwise_affine=True)");
  BOOST_TEST(to_string(nn::GroupNorm(4, 16)) == "GroupNorm(4, 16, eps=1e-05, affine=True)");
  BOOST_TEST(to_string(nn::RMSNorm(128)) == "RMSNorm((128,), eps=None, elementwise_affine=True)");
  BOOST_TEST((names_of(nn::LayerNorm(2).state_dict()) == Names{"weight", "bias"}));
  BOOST_TEST((names_of(nn::LayerNorm(2, {.bias = false}).state_dict()) == Names{"weight"}));
  BOOST_TEST((names_of(nn::RMSNorm(2).state_dict()) == Names{"weight"}));
  BOOST_TEST((names_of(nn::GroupNorm(1, 2).state_dict()) == Names{"weight", "bias"}));
}

BOOST_AUTO_TEST_CASE(batch_norm_moves_its_running_statistics_in_training_alone) {
  nn::BatchNorm1d norm(2);
  const Tensor x = tensor({{1.0, 10.0}, {3.0, 30.0}});
  expect_values(norm(x), {-1, -1, 1, 1}, 1e-4);
  expect_values(norm.running_mean(), {0.2, 2});
  expect_values(norm.running_var(), {0.9 + 0.1 * 2, 0.9 + 0.1 * 200}, 1e-6);  // unbiased: 2 and 200
  BOOST_TEST(norm.num_batches_tracked().item<std::int64_t>() == 1);
  norm.eval();
  expect_values(
      norm(x),
      {0.8 / std::sqrt(1.10001), 8 / std::sqrt(20.90001), 2.8 / std::sqrt(1.10001), 28 / std::sqrt(20.90001)},
      1e-5);
  expect_values(norm.running_mean(), {0.2, 2});
  BOOST_TEST(norm.num_batches_tracked().item<std::int64_t>() == 1);
  norm.reset_running_stats();
  expect_values(norm.running_mean(), {0, 0});
  expect_values(norm.running_var(), {1, 1});
  BOOST_TEST(norm.num_batches_tracked().item<std::int64_t>() == 0);
}

BOOST_AUTO_TEST_CASE(without_momentum_batch_norm_keeps_the_mean_of_all_batches) {
  nn::BatchNorm1d norm(1, {.momentum = std::nullopt});
  for (const double mean : {1.0, 2.0, 6.0}) norm(tensor({{mean - 1}, {mean + 1}}));
  expect_values(norm.running_mean(), {3}, 1e-6);
  expect_values(norm.running_var(), {2}, 1e-6);
}

BOOST_AUTO_TEST_CASE(without_running_statistics_evaluation_takes_those_of_the_batch) {
  nn::BatchNorm1d norm(1, {.track_running_stats = false});
  norm.eval();
  expect_values(norm(tensor({{0.0}, {2.0}})), {-1, 1}, 1e-4);
}

BOOST_AUTO_TEST_CASE(a_clone_of_a_batch_norm_has_statistics_of_its_own) {
  nn::Sequential net{nn::Linear(2, 2), nn::BatchNorm1d(2)};
  nn::Sequential twin = nn::clone(net);
  net(tensor({{1.0, 2.0}, {3.0, 5.0}}));
  BOOST_TEST(net.state_dict()["1.num_batches_tracked"].item<std::int64_t>() == 1);
  BOOST_TEST(twin.state_dict()["1.num_batches_tracked"].item<std::int64_t>() == 0);
  expect_values(twin.state_dict()["1.running_mean"], {0, 0});
  twin.load_state_dict(net.state_dict());
  BOOST_TEST(equal(twin.state_dict()["1.running_var"], net.state_dict()["1.running_var"]));
  twin.to(kFloat64);
  BOOST_TEST(twin.state_dict()["1.running_var"].dtype() == kFloat64);
  BOOST_TEST(twin.state_dict()["1.num_batches_tracked"].dtype() == kInt64);
}

BOOST_AUTO_TEST_CASE(instance_norm_takes_an_image_without_a_batch) {
  manual_seed(0);
  nn::InstanceNorm2d norm(2, {.affine = true, .track_running_stats = true});
  const Tensor x = randn({2, 3, 4});
  const Tensor alone = norm(x);
  BOOST_TEST((alone.shape() == x.shape()));
  BOOST_TEST(allclose(norm(unsqueeze(x, 0))[0], alone));
  BOOST_TEST(norm.running_mean().abs().sum().item() > 0);
  nn::InstanceNorm1d signals(2);
  BOOST_TEST((signals(randn({2, 5})).shape() == Shape{2, 5}));
}

BOOST_AUTO_TEST_CASE(float32_keeps_its_digits_far_from_zero) {
  manual_seed(1);
  const Tensor noise = randn({64, 3, 9, 9}), far = noise + 4096;  // float32 is 0.0005 apart there
  const Tensor exact = batch_norm(far.to(kFloat64), {}, {}, {.training = true});
  BOOST_TEST(batch_norm(far, {}, {}, {.training = true}).to(kFloat64).sub(exact).abs().max().item() < 1e-6);
  const Tensor rows = reshape(far, {192, 81}), exact_rows = layer_norm(rows.to(kFloat64), {81});
  BOOST_TEST(layer_norm(rows, {81}).to(kFloat64).sub(exact_rows).abs().max().item() < 1e-6);
}

BOOST_AUTO_TEST_CASE(large_inputs_fit_the_formulas_on_any_number_of_threads) {
  const auto batch = [](const Tensor& x, const Tensor& w, const Tensor& b) {
    return batch_norm(x, {}, {}, w, b, {.training = true});
  };
  expect_formula(batch,
                 [](const Tensor& x, const Tensor& w, const Tensor& b) { return standardized(x, 0) * w + b; },
                 {1500, 200}, {200});
  expect_formula(batch,
                 [](const Tensor& x, const Tensor& w, const Tensor& b) {
                   return standardized(x, {0, 2}) * unsqueeze(w, 1) + unsqueeze(b, 1);
                 },
                 {40, 30, 101}, {30});
  expect_formula([](const Tensor& x, const Tensor& w, const Tensor& b) { return layer_norm(x, {10}, w, b); },
                 [](const Tensor& x, const Tensor& w, const Tensor& b) { return standardized(x, 1) * w + b; },
                 {20000, 10}, {10});
  expect_formula([](const Tensor& x, const Tensor& w, const Tensor& b) { return group_norm(x, 4, w, b); },
                 [](const Tensor& x, const Tensor& w, const Tensor& b) {
                   return reshape(standardized(reshape(x, {64, 4, 8 * 49}), 2), x.shape()) * unsqueeze(w, 1) +
                          unsqueeze(b, 1);
                 },
                 {64, 32, 49}, {32});
}

BOOST_AUTO_TEST_CASE(nan_and_constant_channels_are_as_in_pytorch) {
  const Tensor x = tensor({{5.0, 1.0}, {5.0, std::nan("")}});
  const Tensor y = batch_norm(x, {}, {}, {.training = true});
  expect_values(y, {0, NAN, 0, NAN});
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_what_would_fit) {
  nn::BatchNorm2d images(3);
  expect_error([&] { images(ones({2, 3})); }, "BatchNorm2d: expected {N, C, H, W}, got {2, 3}");
  expect_error([&] { images(ones({2, 4, 3, 3})); }, "BatchNorm2d: x {2, 4, 3, 3} has 4 channels; expected 3");
  expect_error(
      [&] {
        images(ones({1, 3, 1, 1}));
      },
      "batch_norm: x of shape {1, 3, 1, 1} has one value per channel; expected more in training");
  images.eval();
  BOOST_TEST((images(ones({1, 3, 1, 1})).shape() == Shape{1, 3, 1, 1}));
  expect_error(
      [&] {
        images(ones({1, 3, 1, 1}, {.dtype = kFloat64}));
      },
      "batch_norm: weight is float32, but x is float64");
  expect_error(
      [&] {
        batch_norm(ones({2, 3}), {}, {});
      },
      "batch_norm: running_mean and running_var are undefined");
  expect_error(
      [&] {
        batch_norm(ones({2, 3}), ones({3}), {}, {.training = true});
      },
      "batch_norm: only one of running_mean and running_var is defined");
  expect_error(
      [&] {
        batch_norm(ones({2, 3}), ones({2}), ones({2}));
      },
      "batch_norm: running_mean is of shape {2}; expected {3} beside x of {2, 3}");
  expect_error(
      [&] {
        batch_norm(ones({2, 3}, {.dtype = kLong}), {}, {}, {.training = true});
      },
      "batch_norm: expected float32 or float64, got int64");
  expect_error(
      [&] {
        nn::InstanceNorm2d(3)(ones({2, 3, 1, 1}));
      },
      "instance_norm: x of shape {2, 3, 1, 1} has one value per image and channel");
  expect_error(
      [&] {
        group_norm(ones({2, 4, 3}), 3);
      },
      "group_norm: 4 channels of x {2, 4, 3} do not fall into 3");
  expect_error([&] { nn::GroupNorm(3, 4); }, "GroupNorm: 4 channels do not fall into 3 groups");
  expect_error([&] { group_norm(ones({1, 4}), 4); }, "group_norm: x of shape {1, 4} has one value per group");
  expect_error(
      [&] {
        layer_norm(ones({2, 3}), {2});
      },
      "layer_norm: x is of shape {2, 3}; expected one that ends in the normalized shape {2}");
  expect_error(
      [&] {
        layer_norm(ones({2, 3}), {3}, ones({2}));
      },
      "layer_norm: weight is of shape {2}; expected {3} beside x of {2, 3}");
  expect_error([&] { rms_norm(ones({3}), {2, 3}); }, "rms_norm: x is of shape {3}; expected");
}

BOOST_AUTO_TEST_CASE(update_bn_gives_the_means_over_all_batches_and_keeps_the_mode) {
  nn::Sequential net{nn::BatchNorm1d(1)};
  net(tensor({{100.0}, {300.0}}));
  optim::AveragedModel averaged(net);
  averaged.update_parameters(net);
  averaged.eval();
  const std::vector<std::pair<Tensor, Tensor>> loader{{tensor({{0.0}, {2.0}}), {}},
                                                      {tensor({{4.0}, {6.0}}), {}}};
  optim::update_bn(loader, averaged);
  expect_values(averaged.state_dict()["module.0.running_mean"], {3}, 1e-6);
  expect_values(averaged.state_dict()["module.0.running_var"], {2}, 1e-6);
  BOOST_TEST(averaged.state_dict()["module.0.num_batches_tracked"].item<std::int64_t>() == 2);
  BOOST_TEST(!averaged.is_training());
  optim::update_bn(std::vector<Tensor>{tensor({{7.0}, {9.0}})}, averaged);
  expect_values(averaged.state_dict()["module.0.running_mean"], {8}, 1e-6);
  nn::BatchNorm1d norm(1);
  norm(tensor({{10.0}, {20.0}}));  // after update_bn the momentum counts again
  expect_values(norm.running_mean(), {1.5}, 1e-6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
