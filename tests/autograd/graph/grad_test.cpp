// grad(): gradients of chosen tensors without touching .grad(), and gradients of gradients.
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_grad)

BOOST_AUTO_TEST_CASE(grad_leaves_the_leaves_alone) {
  const Tensor x = leaf({1, 2}), w = leaf({3, 4});
  const std::vector<Tensor> gs = grad({sum(x * w)}, {x, w});
  expect_values(gs[0], {3, 4});
  expect_values(gs[1], {1, 2});
  BOOST_TEST(!x.grad().defined());
  BOOST_TEST(!gs[0].requires_grad());
}

BOOST_AUTO_TEST_CASE(interior_tensors_have_gradients_too) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * x;
  const Tensor z = y * y;
  const std::vector<Tensor> gs = grad({sum(z)}, {x, y, z});
  expect_values(gs[0], {4, 32});
  expect_values(gs[1], {2, 8});
  expect_values(gs[2], {1, 1});
}

BOOST_AUTO_TEST_CASE(the_gradient_of_an_output_by_itself_is_one) {
  const Tensor x = leaf(3);
  BOOST_TEST(grad({x}, {x})[0].item() == 1);
  const Tensor y = x * 2;
  BOOST_TEST(grad({y}, {y})[0].item() == 1);
}

BOOST_AUTO_TEST_CASE(an_input_may_be_asked_for_twice) {
  const Tensor x = leaf({2});
  const std::vector<Tensor> gs = grad({sum(x * x)}, {x, x});
  expect_values(gs[0], {4});
  expect_values(gs[1], {4});
}

BOOST_AUTO_TEST_CASE(grad_outputs_weigh_the_outputs) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * x, z = x * 3;
  const std::vector<Tensor> gs =
      grad({y, z}, {x}, {.grad_outputs = {tensor({1.0, 10.0}), tensor({100.0, 1000.0})}});
  expect_values(gs[0], {2 + 300, 40 + 3000});
  expect_error([&] { (void)grad({x * x}, {x}); }, "grad: the output has shape {2}");
  expect_error(
      [&] {
        (void)grad({x * x}, {x}, {.grad_outputs = {ones({2}), ones({2})}});
      },
      "2 gradients for 1 outputs");
  expect_error([&] { (void)grad({x * x}, {x}, {.grad_outputs = {ones({1})}}); },
               "the gradient has shape {1}");
}

BOOST_AUTO_TEST_CASE(an_unused_input_is_an_error_unless_allowed) {
  const Tensor x = leaf({1, 2}), other = leaf({5});
  expect_error([&] { (void)grad({sum(x)}, {x, other}); }, "no output depends on input 1");
  const std::vector<Tensor> gs = grad({sum(x)}, {x, other}, {.allow_unused = true});
  BOOST_TEST(gs[0].defined());
  BOOST_TEST(!gs[1].defined());
  expect_error([&] { (void)grad({sum(x)}, {tensor({1.0})}); }, "input 0 of shape {1} does not require grad");
}

BOOST_AUTO_TEST_CASE(grad_releases_saved_values_unless_it_retains_them) {
  const Tensor x = leaf({1, 2});
  const Tensor y = sum(x * x);
  (void)grad({y}, {x}, {.retain_graph = true});
  (void)grad({y}, {x});
  expect_error([&] { (void)grad({y}, {x}); }, "retain_graph");
}

BOOST_AUTO_TEST_CASE(create_graph_gives_gradients_with_history) {
  const Tensor x = leaf({2, 3});
  const Tensor gx = grad({sum(x * x * x)}, {x}, {.create_graph = true})[0];
  expect_values(gx, {12, 27});
  BOOST_TEST(gx.requires_grad());
  expect_values(grad({sum(gx)}, {x})[0], {12, 18});
}

BOOST_AUTO_TEST_CASE(the_third_derivative_of_x_to_the_fourth_is_24_x) {
  const Tensor x = leaf({2, -0.5});
  Tensor y = pow(x, 4);
  for (int order = 1; order <= 3; ++order) y = grad({sum(y)}, {x}, {.create_graph = true})[0];
  expect_values(y, {48, -12});
  expect_values(grad({sum(y)}, {x}, {.create_graph = true})[0], {24, 24});
}

BOOST_AUTO_TEST_CASE(the_third_derivative_through_a_saved_output_holds) {
  const Tensor x = leaf(0.5);  // exp reads its output
  Tensor y = exp(2 * x);
  for (int order = 1; order <= 3; ++order) y = grad({y}, {x}, {.create_graph = true})[0];
  expect_values(y, {8 * std::exp(1.0)});
}

BOOST_AUTO_TEST_CASE(a_gradient_penalty_trains) {
  const Tensor x = leaf({1, 2}), w = leaf({3, 4});
  const Tensor gx = grad({sum(w * x * x)}, {x}, {.create_graph = true})[0];  // 2 w x
  sum(gx * gx).backward();                                                   // d 4 w^2 x^2
  expect_values(w.grad(), {24, 128});
  expect_values(x.grad(), {72, 256});
}

BOOST_AUTO_TEST_CASE(backward_with_create_graph_gives_a_grad_with_history) {
  const Tensor x = leaf({3});
  sum(x * x * x).backward({.create_graph = true});
  const Tensor first = x.grad();
  BOOST_TEST(first.requires_grad());
  x.zero_grad();
  sum(first).backward();
  expect_values(x.grad(), {18});
  x.zero_grad();
}

BOOST_AUTO_TEST_CASE(mixed_second_derivatives_agree) {
  const Tensor x = leaf({0.5, 1}), y = leaf({2, 3});
  const Tensor f = sum(sin(x * y) + x * x * y);
  const std::vector<Tensor> gs = grad({f}, {x, y}, {.create_graph = true});
  const Tensor xy = grad({sum(gs[0])}, {y}, {.retain_graph = true})[0];
  const Tensor yx = grad({sum(gs[1])}, {x})[0];
  expect_values(xy, yx.to_vector<double>(), 1e-12);
}

BOOST_AUTO_TEST_CASE(an_output_of_an_op_of_several_has_a_gradient) {
  const Tensor x = leaf({1, 5, 2});
  const auto [values, places] = max(x * 1, 0);
  const std::vector<Tensor> gs = grad({values * values}, {values, x});
  expect_values(gs[0], {10});
  expect_values(gs[1], {0, 10, 0});
}

BOOST_AUTO_TEST_CASE(an_undifferentiable_output_of_grad_has_no_history) {
  const Tensor x = leaf({1, 2});
  const Tensor gx = grad({sum(x * 3)}, {x}, {.create_graph = true})[0];
  BOOST_TEST(!gx.requires_grad());  // a constant: it depends on no input
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
