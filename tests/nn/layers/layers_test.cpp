// Linear, the activations, Dropout, Flatten, Sequential and MLP.
#include <algorithm>
#include <numbers>

#include "autograd/graph/backward.hpp"
#include "nn/functional.hpp"
#include "nn/layers/activation.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/flatten.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/mlp.hpp"
#include "nn/layers/piecewise_activation.hpp"
#include "nn/layers/smooth_activation.hpp"
#include "nn/losses/classification.hpp"
#include "nn/module/sequential.hpp"
#include "nn/optim/sgd.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// Calls the module on -2, -0.5, 0, 3 in float64 and compares with `reference` of each.
template <class M, class Reference>
void expect_elementwise(M module, const Reference& reference) {
  const std::vector<double> x{-2, -0.5, 0, 3};
  std::vector<double> expected;
  for (const double v : x) expected.push_back(reference(v));
  expect_values(module(from_vector(x, {4})), expected, 1e-12);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_layers)

BOOST_AUTO_TEST_CASE(linear_multiplies_by_the_transposed_weight_and_adds_the_bias) {
  nn::Linear linear(2, 3);
  const NoGradGuard no_grad;
  linear.weight().copy_(tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}));
  linear.bias().copy_(tensor({0.5, 0.0, -0.5}));
  expect_values(linear(tensor({{1.0, 10.0}})), {21.5, 43, 64.5});
  BOOST_TEST((linear(ones({4, 5, 2})).shape() == Shape{4, 5, 3}));
  BOOST_TEST(linear.in_features() == 2);
  BOOST_TEST(linear.out_features() == 3);
}

BOOST_AUTO_TEST_CASE(one_example_of_one_output_gives_the_weight_its_gradient) {
  nn::Linear linear(2, 1);  // the gradient of the sum is an expanded 1 by 1 matrix, with strides of 0
  sum(linear(tensor({{3.0, 4.0}}))).backward();
  expect_values(linear.weight().grad(), {3, 4});
  expect_values(linear.bias().grad(), {1});
}

BOOST_AUTO_TEST_CASE(linear_starts_uniform_within_one_over_the_root_of_its_inputs) {
  Generator generator(7);
  const nn::Linear linear(100, 400, {.generator = &generator});
  for (const Tensor& x : {linear.weight(), linear.bias()}) {
    BOOST_TEST(x.detach().abs().max().item() <= 0.1);
    BOOST_TEST(x.detach().abs().max().item() > 0.098);
  }
  const std::vector<double> w = linear.weight().to_vector<double>();
  double sum = 0, squares = 0;
  for (const double v : w) {
    sum += v;
    squares += v * v;
  }
  const auto n = static_cast<double>(w.size());
  BOOST_TEST(std::abs(sum / n) < 0.1 / std::sqrt(3 * n) * 4);               // four standard errors
  BOOST_TEST(squares / n == 0.01 / 3, boost::test_tools::tolerance(0.02));  // variance b^2 / 3
}

BOOST_AUTO_TEST_CASE(the_same_generator_seed_gives_the_same_layer) {
  Generator a(3), b(3);
  const nn::Linear first(5, 4, {.generator = &a}), second(5, 4, {.generator = &b});
  BOOST_TEST(first.weight().equal(second.weight()));
  BOOST_TEST(first.bias().equal(second.bias()));
}

BOOST_AUTO_TEST_CASE(linear_options_choose_bias_and_dtype) {
  nn::Linear linear(2, 3, {.bias = false, .dtype = kFloat64});
  BOOST_TEST(!linear.bias().defined());
  BOOST_TEST((linear.weight().dtype() == kFloat64));
  BOOST_TEST(linear.parameters().size() == 1u);
  expect_error([] { nn::Linear(-1, 2); }, "Linear: the numbers of features are -1 and 2");
  expect_error([] { nn::Linear(1, 2, {.dtype = kInt64}); }, "Linear: the dtype is int64");
  expect_values(nn::Linear(0, 2).bias(), {0, 0});
}

BOOST_AUTO_TEST_CASE(activations_compute_their_functions) {
  expect_elementwise(nn::Identity(), [](double v) { return v; });
  expect_elementwise(nn::ReLU(), [](double v) { return std::max(v, 0.0); });
  expect_elementwise(nn::LeakyReLU({.negative_slope = 0.2}), [](double v) { return v > 0 ? v : 0.2 * v; });
  expect_elementwise(nn::ELU(2.0), [](double v) { return v > 0 ? v : 2 * std::expm1(v); });
  expect_elementwise(nn::GELU(), [](double v) { return v * 0.5 * (1 + std::erf(v / std::numbers::sqrt2)); });
  expect_elementwise(nn::SiLU(), [](double v) { return v / (1 + std::exp(-v)); });
  expect_elementwise(nn::Sigmoid(), [](double v) { return 1 / (1 + std::exp(-v)); });
  expect_elementwise(nn::Tanh(), [](double v) { return std::tanh(v); });
  expect_elementwise(nn::Softplus({.beta = 2}), [](double v) { return std::log1p(std::exp(2 * v)) / 2; });
  expect_error([] { nn::GELU({.approximate = "erf"}); }, "GELU: the approximation is \"erf\"");
}

BOOST_AUTO_TEST_CASE(further_activations_compute_their_functions) {
  expect_elementwise(nn::Hardtanh(), [](double v) { return std::clamp(v, -1.0, 1.0); });
  expect_elementwise(nn::Hardtanh({.min_val = -0.5, .max_val = 2}),
                     [](double v) { return std::clamp(v, -0.5, 2.0); });
  expect_elementwise(nn::Hardtanh(-2, 0.5), [](double v) { return std::clamp(v, -2.0, 0.5); });
  expect_elementwise(nn::ReLU6(), [](double v) { return std::clamp(v, 0.0, 6.0); });
  expect_elementwise(nn::Hardsigmoid(), [](double v) { return std::clamp(v / 6 + 0.5, 0.0, 1.0); });
  expect_elementwise(nn::Hardswish(), [](double v) { return v * std::clamp(v / 6 + 0.5, 0.0, 1.0); });
  expect_elementwise(nn::Mish(), [](double v) { return v * std::tanh(std::log1p(std::exp(v))); });
  expect_elementwise(nn::SELU(), [](double v) {
    return 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * std::expm1(v));
  });
  expect_elementwise(nn::CELU(2.0), [](double v) { return v > 0 ? v : 2 * std::expm1(v / 2); });
  expect_elementwise(nn::CELU({.alpha = 0.5}),
                     [](double v) { return v > 0 ? v : 0.5 * std::expm1(v / 0.5); });
  expect_elementwise(nn::LogSigmoid(), [](double v) { return -std::log1p(std::exp(-v)); });
  expect_elementwise(nn::Softsign(), [](double v) { return v / (1 + std::abs(v)); });
  expect_error([] { nn::Hardtanh(2, 1); }, "Hardtanh: min_val is 2 and max_val 1");
}

BOOST_AUTO_TEST_CASE(inplace_layers_write_over_their_input) {
  const auto expect_written = [](auto inplace, auto plain, const std::string& text) {
    const Tensor x = tensor({-2.0, 0.5, 4.0}, {.dtype = kFloat64, .requires_grad = true}), y = x * 3,
                 z = x * 3;
    const Tensor given = inplace(y), expected = plain(z);
    BOOST_TEST(given.raw() == y.raw());
    BOOST_TEST(given.equal(expected));
    BOOST_TEST(grad({given.sum()}, {x})[0].equal(grad({expected.sum()}, {x})[0]));
    BOOST_TEST(nn::to_string(inplace) == text);
  };
  expect_written(nn::ReLU({.inplace = true}), nn::ReLU(), "ReLU(inplace=True)");
  expect_written(nn::ReLU(true), nn::ReLU(false), "ReLU(inplace=True)");
  expect_written(nn::SiLU({.inplace = true}), nn::SiLU(), "SiLU(inplace=True)");
  expect_written(nn::ReLU6(true), nn::ReLU6(), "ReLU6(inplace=True)");
  expect_written(nn::Hardsigmoid(true), nn::Hardsigmoid(), "Hardsigmoid(inplace=True)");
  expect_written(nn::Hardswish(true), nn::Hardswish(), "Hardswish(inplace=True)");
  expect_written(nn::Mish(true), nn::Mish(), "Mish(inplace=True)");
  expect_written(nn::SELU(true), nn::SELU(), "SELU(inplace=True)");
  expect_written(nn::LeakyReLU(0.2, true), nn::LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2, inplace=True)");
  expect_written(nn::ELU({.alpha = 2, .inplace = true}), nn::ELU(2), "ELU(alpha=2.0, inplace=True)");
  expect_written(nn::CELU(2, true), nn::CELU(2), "CELU(alpha=2.0, inplace=True)");
  expect_written(nn::Hardtanh(-1, 1, true), nn::Hardtanh(),
                 "Hardtanh(min_val=-1.0, max_val=1.0, inplace=True)");
  Generator first(1), second(1), third(1), fourth(1);
  expect_written(nn::Dropout({.p = 0.5, .inplace = true, .generator = &first}),
                 nn::Dropout({.p = 0.5, .generator = &second}), "Dropout(p=0.5, inplace=True)");
  const Tensor images = ones({2, 3, 2, 2}), copy = images.clone();
  nn::Dropout2d channels({.p = 0.5, .inplace = true, .generator = &third});
  BOOST_TEST(channels(copy).raw() == copy.raw());
  BOOST_TEST(copy.equal(nn::Dropout2d({.p = 0.5, .generator = &fourth})(images)));
  channels.eval();
  BOOST_TEST(channels(images).equal(ones({2, 3, 2, 2})));
  expect_error([] { nn::ReLU(true)(ones({2}, {.requires_grad = true})); }, "relu_");
}

BOOST_AUTO_TEST_CASE(glu_gates_one_half_by_the_other) {
  const Tensor x = tensor({{1.0, 2.0, 0.0, 0.0}, {4.0, 6.0, 0.0, 0.0}}, {.dtype = kFloat64});
  expect_values(nn::GLU()(x), {0.5, 1, 2, 3}, 1e-12);
  expect_values(nn::GLU(0)(x.t()), {0.5, 2, 1, 3}, 1e-12);
  BOOST_TEST(nn::GLU({.dim = -2})(x).shape() == Shape(1, 4));
  expect_error([&] { nn::GLU()(x.slice(1, 0, 3)); }, "glu: size 3 of dim -1 is odd");
}

BOOST_AUTO_TEST_CASE(prelu_learns_its_slopes) {
  nn::PReLU one, channels({.num_parameters = 3, .init = 0.5, .dtype = kFloat64});
  expect_values(one(tensor({-4.0, 4.0})), {-1, 4});
  BOOST_TEST(one.named_parameters().size() == 1u);
  BOOST_TEST((one.named_parameters()["weight"].shape() == Shape{1}));
  BOOST_TEST(nn::PReLU(3).weight().numel() == 3);

  const Tensor x = tensor({{-1.0, 2.0, -3.0}, {-4.0, -5.0, 6.0}}, {.dtype = kFloat64});
  sum(channels(x)).backward();
  expect_values(channels(x), {-0.5, 2, -1.5, -2, -2.5, 6}, 1e-12);
  expect_values(channels.weight().grad(), {-5, -5, -3}, 1e-12);
  expect_error([&] { channels(x.t()); },
               "prelu: the weight has 3 elements, and an input of shape {3, 2} has 2 channel(s)");
  expect_error([&] { one(x); }, "prelu: the weight is float32, the input float64");
}

BOOST_AUTO_TEST_CASE(softmax_modules_work_along_their_dim) {
  const Tensor x = tensor({{0.0, 1.0}, {2.0, 2.0}}, {.dtype = kFloat64});
  const double a = 1 / (1 + std::exp(1.0));
  expect_values(nn::Softmax(1)(x), {a, 1 - a, 0.5, 0.5}, 1e-12);
  expect_values(nn::LogSoftmax({.dim = 1})(x), {std::log(a), std::log(1 - a), -std::log(2), -std::log(2)},
                1e-12);
}

BOOST_AUTO_TEST_CASE(functions_are_spelt_with_nn_too) {
  const Tensor x = tensor({-1.0, 2.0});
  BOOST_TEST(nn::relu(x).equal(relu(x)));
  BOOST_TEST(nn::log_softmax(x, 0).equal(log_softmax(x, 0)));
}

BOOST_AUTO_TEST_CASE(every_named_activation_has_a_module) {
  using nn::Activation;
  std::string names;
  for (const Activation a :
       {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::elu, Activation::gelu,
        Activation::silu, Activation::sigmoid, Activation::tanh, Activation::softplus}) {
    names += nn::make_activation(a)->name() + " ";
    BOOST_TEST((nn::activation_named(nn::to_string(a)) == a));
  }
  BOOST_TEST(names == "Identity ReLU LeakyReLU ELU GELU SiLU Sigmoid Tanh Softplus ");
  BOOST_TEST((nn::activation_named("linear") == Activation::identity));
  expect_error(
      [] { static_cast<void>(nn::activation_named("rellu")); },
      "activation_named: there is no \"rellu\"; there are identity, relu, leaky_relu, elu, gelu, silu, "
      "sigmoid, tanh, softplus, and linear");
}

BOOST_AUTO_TEST_CASE(dropout_zeroes_and_scales_in_training_only) {
  Generator generator(1);
  nn::Dropout dropout({.p = 0.25, .generator = &generator});
  const Tensor x = ones({10000});
  const std::vector<double> y = dropout(x).to_vector<double>();
  std::size_t zeros = 0;
  for (const double v : y) {
    zeros += v == 0;
    BOOST_REQUIRE((v == 0 || std::abs(v - 4.0 / 3) < 1e-6));
  }
  BOOST_TEST(zeros > 2500u - 4 * 43);  // a binomial's four standard deviations
  BOOST_TEST(zeros < 2500u + 4 * 43);
  dropout.eval();
  BOOST_TEST(dropout(x).equal(x));
  expect_error([] { nn::Dropout({.p = 1.5}); }, "Dropout: p is 1.5");
  expect_error([] { nn::Dropout(-0.1); }, "Dropout: p is -0.1");
}

BOOST_AUTO_TEST_CASE(flatten_keeps_the_batch_dim_by_default) {
  const Tensor x = zeros({2, 3, 4, 5});
  BOOST_TEST((nn::Flatten()(x).shape() == Shape{2, 60}));
  BOOST_TEST((nn::Flatten({.start_dim = 0, .end_dim = 1})(x).shape() == Shape{6, 4, 5}));
  BOOST_TEST((nn::Flatten(2)(x).shape() == Shape{2, 3, 20}));
}

BOOST_AUTO_TEST_CASE(sequential_calls_its_modules_in_order) {
  nn::Sequential seq{nn::Flatten(), nn::Linear(4, 3), nn::ReLU(), nn::Dropout({.p = 0.2}), nn::Linear(3, 2)};
  std::string names;
  for (const auto& [name, parameter] : seq.named_parameters()) names += name + " ";
  BOOST_TEST(names == "1.weight 1.bias 4.weight 4.bias ");
  BOOST_TEST((seq(ones({5, 2, 2})).shape() == Shape{5, 2}));
  BOOST_TEST(seq.size() == 5u);
  BOOST_TEST(seq[1].name() == "Linear");
  BOOST_TEST(seq[-1].as<nn::Linear>()->in_features() == 3);
  BOOST_TEST(seq[0].as<nn::Linear>() == nullptr);
  expect_error([&] { static_cast<void>(seq[5]); }, "Sequential: index 5 is out of range for 5 modules");
}

BOOST_AUTO_TEST_CASE(sequential_takes_names_and_grows) {
  nn::Sequential seq{{"fc", nn::Linear(2, 2)}, {"act", nn::ReLU()}};
  seq.push_back("out", nn::Linear(2, 1));
  seq.push_back(nn::Sigmoid());
  std::string names;
  for (const auto& [name, child] : seq.named_children()) names += name + " ";
  BOOST_TEST(names == "fc act out 3 ");
  nn::Sequential empty;
  BOOST_TEST(empty.empty());
  const Tensor x = ones({2});
  BOOST_TEST(empty(x).is_same(x));
  nn::Sequential copy{seq};
  BOOST_TEST(copy.is_same(seq));
}

BOOST_AUTO_TEST_CASE(an_mlp_names_its_parameters_as_a_sequential) {
  const std::size_t hidden = 5;
  nn::MLP plain({4, hidden, 3});
  nn::MLP dropped({4, hidden, 3}, {.activation = nn::Activation::tanh, .dropout = 0.2});
  std::string names;
  for (const auto& [name, parameter] : plain.named_parameters()) names += name + " ";
  for (const auto& [name, parameter] : dropped.named_parameters()) names += name + " ";
  BOOST_TEST(names == "0.weight 0.bias 2.weight 2.bias 0.weight 0.bias 3.weight 3.bias ");
  BOOST_TEST(dropped[1].name() == "Tanh");
  BOOST_TEST((dropped(ones({2, 4})).shape() == Shape{2, 3}));
  BOOST_TEST(nn::MLP(std::vector<int>{3, 2}, {.bias = false}).parameters().size() == 1u);
  expect_error([] { nn::MLP(std::vector<int>{4}); }, "MLP: 1 size(s) given");
}

BOOST_AUTO_TEST_CASE(a_linear_mlp_is_a_product_of_its_layers) {
  nn::MLP model({3, 4, 2}, {.activation = nn::activation_named("linear"), .bias = false});
  const Tensor x = randn({5, 3});
  const Tensor product = matmul(model[2].as<nn::Linear>()->weight(), model[0].as<nn::Linear>()->weight());
  expect_values(model(x), matmul(x, product.transpose(0, 1)).to_vector<double>(), 1e-5);
}

BOOST_AUTO_TEST_CASE(training_an_mlp_lowers_its_loss) {
  Generator generator(5);
  nn::MLP model({2, 16, 2}, {.activation = nn::Activation::tanh, .generator = &generator});
  const Tensor x = randn({64, 2}, {.generator = &generator});
  const Tensor labels = (x.select(1, 0) * x.select(1, 1) > 0).to(kInt64);  // xor of the signs: not linear
  optim::SGD optimizer(model.parameters(), {.lr = 0.5, .momentum = 0.9});
  const double before = nn::cross_entropy(model(x), labels).item();
  for (int step = 0; step < 100; ++step) {
    optimizer.zero_grad();
    nn::cross_entropy(model(x), labels).backward();
    optimizer.step();
  }
  const double after = nn::cross_entropy(model(x), labels).item();
  BOOST_TEST_CONTEXT("loss " << before << " before, " << after << " after") {
    BOOST_TEST(after < before / 4);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
