// gradcheck of modules: right ones pass, wrong ones are named, and nothing of the model changes.
#include "nn/gradcheck.hpp"

#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/mlp.hpp"
#include "nn/losses/modules.hpp"
#include "nn/losses/penalty.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// Its scale has a gradient of zero, since the forward detaches it.
struct Detached : nn::Module {
  nn::Linear fc = register_module("fc", nn::Linear(3, 2));
  Tensor scale = register_parameter("scale", full({2}, 1.5));
  Tensor forward(const Tensor& x) override { return fc(x) * scale.detach(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_gradcheck)

BOOST_AUTO_TEST_CASE(an_mlp_passes_with_a_loss_function_a_lambda_and_a_loss_module) {
  Generator generator(21);
  nn::MLP model({3, 4, 3}, {.activation = nn::Activation::tanh, .generator = &generator});
  const Tensor x = randn({5, 3}, {.generator = &generator}), labels = tensor({0, 1, 2, 1, 0});
  for (const GradcheckResult& result :
       {gradcheck(model, x, labels, nn::cross_entropy), gradcheck(model, x, x, nn::mse_loss),
        gradcheck(model, x, labels, nn::CrossEntropyLoss({.label_smoothing = 0.1})),
        gradcheck(model, x, labels, [&](const Tensor&scores, const Tensor&y) {
          return nn::cross_entropy(scores, y) + nn::l2_penalty(model, 0.1);
        })}) {
    BOOST_CHECK_MESSAGE(result.ok, result.message);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_gradient_is_named_by_its_parameter) {
  Detached model;
  const GradcheckResult result = gradcheck(model, ones({1, 3}), zeros({1, 2}), nn::mse_loss);
  BOOST_TEST(!result.ok);
  BOOST_TEST(result.message.find("parameter scale, element {0}: numeric ") == 0u, result.message);
}

BOOST_AUTO_TEST_CASE(the_model_is_as_it_was_before) {
  nn::Linear model(2, 2);
  sum(model(ones({1, 2}))).backward();
  const Tensor weight = model.weight();
  const std::vector<double> before = weight.to_vector<double>();
  BOOST_TEST(gradcheck(model, ones({1, 2}), tensor({1}), nn::cross_entropy).ok);
  BOOST_TEST((weight.dtype() == kFloat32));
  BOOST_TEST(weight.to_vector<double>() == before);
  BOOST_TEST(weight.requires_grad());
  expect_values(weight.grad(), {1, 1, 1, 1});
  BOOST_TEST((weight.grad().dtype() == kFloat32));
}

BOOST_AUTO_TEST_CASE(dropout_in_training_and_a_model_without_parameters_are_errors) {
  nn::MLP model({3, 32, 2}, {.dropout = 0.5});
  const auto run = [](nn::Module& m) {
    static_cast<void>(gradcheck(m, ones({2, 3}), tensor({0, 1}), nn::cross_entropy));
  };
  expect_error([&] { run(model); }, "call eval() first if it has dropout");
  BOOST_TEST((model.parameters()[0].dtype() == kFloat32));
  model.eval();
  run(model);
  nn::Dropout none;
  expect_error([&] { run(none); }, "gradcheck: Dropout has no parameter that requires a gradient");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
