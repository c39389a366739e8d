// In-place ops while a graph is recorded: what they do to histories, and which are refused.
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

void expect_error_names(const std::function<void()>& f, const std::vector<std::string>& parts) {
  const std::string text = error_of(f);
  for (const std::string& part : parts) {
    BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos,
                        "\"" << text << "\" does not hold \"" << part << "\"");
  }
}

/// The gradient of sum(weights * y) by the leaf {1, 2, 3}, where y is 2 x with `change` done to it in place.
std::vector<double> gradient_after(const std::function<void(const Tensor&)>& change) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * 2;
  change(y);
  sum(y * tensor({1, 10, 100})).backward();
  return x.grad().to_vector<double>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_inplace)

BOOST_AUTO_TEST_CASE(an_output_that_nobody_reads_may_be_changed) {
  const Tensor a = leaf({1, 2});
  const Tensor b = a + 1;
  b += 1;
  sum(b).backward();
  expect_values(b, {3, 4});
  expect_values(a.grad(), {1, 1});
}

BOOST_AUTO_TEST_CASE(a_saved_input_that_was_changed_is_an_error_naming_both_ops) {
  const Tensor x = leaf({1, 2});
  const Tensor b = x + 0;
  const Tensor c = b * b;
  b += 1;
  expect_error_names([&] { sum(c).backward(); }, {"mul", "add_", "changed in place", "clone()", "{2}"});
}

BOOST_AUTO_TEST_CASE(a_saved_output_that_was_changed_is_an_error_naming_both_ops) {
  const Tensor x = leaf({1, -2});
  const Tensor y = relu(x), z = exp(x);
  y.mul_(2);
  expect_error_names([&] { sum(y).backward(); }, {"relu", "mul_", "changed in place"});
  z.clamp_(0, 1);
  expect_error_names([&] { sum(z).backward(); }, {"exp", "clamp_"});
}

BOOST_AUTO_TEST_CASE(a_tensor_without_dims_fills_as_a_number_does) {
  const Tensor x = zeros({2, 2}, {.dtype = kFloat64}), value = leaf(7);
  x[0].fill_(value * 2);
  expect_values(x, {14, 14, 0, 0}, 0);
  sum(x).backward();
  expect_values(value.grad(), {4}, 0);
  expect_error([&] { x.detach().fill_(tensor({7.0})); }, "fill_: the value has shape {1}; expected");
}

BOOST_AUTO_TEST_CASE(a_diagonal_is_filled_and_its_gradient_is_cut) {
  const Tensor x = ones({3, 2}, {.requires_grad = true}), y = x * 2;
  y.fill_diagonal_(5);
  expect_values(y, {5, 2, 2, 5, 2, 2});
  y.sum().backward();
  expect_values(x.grad(), {0, 2, 2, 0, 2, 2});
  expect_error([&] { x.sum(0).fill_diagonal_(1); }, "fill_diagonal_: expected a matrix, got {2}");
  expect_error([&] { x.fill_diagonal_(1); }, "NoGradGuard");
}

BOOST_AUTO_TEST_CASE(a_write_through_a_detached_alias_is_noticed) {
  const Tensor x = leaf({1, 2});
  const Tensor y = exp(x);
  y.detach()[0].fill_(7);
  expect_error_names([&] { sum(y).backward(); }, {"exp", "fill_"});
  const Tensor c = tensor({1.0, 2.0}, {.dtype = kFloat64});
  const Tensor z = x * c;
  c.zero_();
  expect_error_names([&] { sum(z).backward(); }, {"mul", "fill_"});
}

BOOST_AUTO_TEST_CASE(a_value_that_no_wanted_gradient_reads_may_be_changed) {
  const Tensor x = leaf({1, 2}), c = tensor({3.0, 4.0});
  const Tensor y = x * c;  // only the gradient of c would read x
  const NoGradGuard off;
  x += 1;
  sum(y).item();
  y.backward(ones({2}));
  expect_values(x.grad(), {3, 4});
}

BOOST_AUTO_TEST_CASE(a_leaf_that_requires_grad_changes_only_under_no_grad) {
  const Tensor x = leaf({1, 2});
  expect_error([&] { x += 1; }, "add_: a leaf that requires grad");
  expect_error([&] { x.mul_(2); }, "NoGradGuard");
  expect_error([&] { x.zero_(); }, "fill_");
  expect_error([&] { x.copy_(zeros({2})); }, "copy_");
  expect_error([&] { x.clamp_(0, 1); }, "clamp_");
  expect_error([&] { x.uniform_(); }, "uniform_");
  expect_values(x, {1, 2}, 0);
  const std::uint32_t before = x.version();
  const NoGradGuard off;
  x -= 0.5;
  expect_values(x, {0.5, 1.5}, 0);
  BOOST_TEST(x.version() == before + 1);
  BOOST_TEST(x.requires_grad());
  BOOST_TEST(x.is_leaf());
}

BOOST_AUTO_TEST_CASE(an_update_by_hand_trains) {
  const Tensor w = leaf({10});
  for (int step = 0; step < 50; ++step) {
    sum(square(w - 3)).backward();
    const NoGradGuard off;
    w.sub_(w.grad() * 0.25);
    w.zero_grad();
  }
  expect_values(w, {3}, 1e-9);
}

// The gradients below are PyTorch's (checked by hand).
BOOST_AUTO_TEST_CASE(the_history_is_rebased_onto_the_new_value) {
  const auto expect = [](const std::function<void(const Tensor&)>& change,
                         const std::vector<double>& gradient) {
    const std::vector<double> actual = gradient_after(change);
    BOOST_TEST(actual == gradient, boost::test_tools::per_element());
  };
  expect([](const Tensor& y) { y += 1; }, {2, 20, 200});
  expect([](const Tensor& y) { y -= tensor({1.0, 2.0, 3.0}); }, {2, 20, 200});
  expect([](const Tensor& y) { y.mul_(3); }, {6, 60, 600});
  expect([](const Tensor& y) { y *= tensor({1, 2, 3}); }, {2, 40, 600});
  expect([](const Tensor& y) { y /= 4; }, {0.5, 5, 50});
  expect([](const Tensor& y) { y += y; }, {4, 40, 400});
  expect([](const Tensor& y) { y.add_(y, 0.5); }, {3, 30, 300});
  expect([](const Tensor& y) { y.clamp_(3, 5); }, {0, 20, 0});
  expect([](const Tensor& y) { y.mul_(3).add_(1).mul_(2); }, {12, 120, 1200});
  expect([](const Tensor& y) { y.fill_(3); }, {0, 0, 0});
  expect([](const Tensor& y) { y.zero_(); }, {0, 0, 0});
  expect([](const Tensor& y) { y.copy_(ones({3})); }, {0, 0, 0});
  expect([](const Tensor& y) { y.uniform_(); }, {0, 0, 0});
}

BOOST_AUTO_TEST_CASE(an_operand_that_requires_grad_joins_the_graph) {
  const Tensor x = leaf({1, 2});
  const Tensor t = tensor({3.0, 4.0}, {.dtype = kFloat64});
  t.mul_(x);
  BOOST_TEST(t.requires_grad());
  BOOST_TEST(!t.is_leaf());
  sum(t).backward();
  expect_values(x.grad(), {3, 4});
}

BOOST_AUTO_TEST_CASE(both_operands_get_their_gradients) {
  const Tensor x = leaf({1, 2}), w = leaf({5, 7});
  const Tensor y = x * 2;
  y *= w;
  y += w;
  sum(y).backward();
  expect_values(x.grad(), {10, 14});
  expect_values(w.grad(), {3, 5});
}

BOOST_AUTO_TEST_CASE(multiplying_a_tensor_by_itself_in_place_is_an_error_as_in_pytorch) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  y.mul_(y);
  expect_values(y, {4, 16});
  expect_error_names([&] { sum(y).backward(); }, {"mul", "mul_"});
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_tensor_onto_itself_is_a_write) {
  const Tensor x = tensor({1.0, 2.0, 3.0}), w = ones({3}, {.requires_grad = true}), y = (w * x).sum();
  x.copy_(x.reshape({1, 3}).reshape({3}));
  expect_values(x, {1, 2, 3});
  expect_error([&] { y.backward(); }, "was changed in place by copy_");
}

BOOST_AUTO_TEST_CASE(a_copy_reads_what_lies_in_it_before_it_is_written) {
  const Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}});
  x.copy_(x.t());
  expect_values(x, {1, 3, 2, 4});
  x.copy_(x[1]);
  expect_values(x, {2, 4, 2, 4});
}

BOOST_AUTO_TEST_CASE(copy_is_differentiable_in_its_source) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor buffer = zeros({2, 3});  // float32: converts and broadcasts
  buffer.copy_(x);
  BOOST_TEST(buffer.requires_grad());
  sum(buffer * tensor({{1, 2, 3}, {10, 20, 30}})).backward();
  expect_values(buffer, {1, 2, 3, 1, 2, 3});
  expect_values(x.grad(), {11, 22, 33});
  BOOST_TEST((x.grad().dtype() == kFloat64));
}

BOOST_AUTO_TEST_CASE(the_second_derivative_passes_through_an_in_place_op) {
  const Tensor x = leaf({2, 3});
  const Tensor y = x * x;
  y *= x;
  const Tensor gx = grad({sum(y)}, {x}, {.create_graph = true})[0];
  expect_values(gx, {12, 27});
  expect_values(grad({sum(gx)}, {x})[0], {12, 18});
}

BOOST_AUTO_TEST_CASE(a_retained_gradient_is_that_of_the_newest_value) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  y.retain_grad();
  y.mul_(3);
  sum(y).backward();
  expect_values(y.grad(), {1, 1});
  expect_values(x.grad(), {6, 6});
}

BOOST_AUTO_TEST_CASE(a_hook_stays_with_the_value_it_was_made_for) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  int old_calls = 0, new_calls = 0;
  y.register_hook([&](const Tensor& g) {
    expect_values(g, {3, 3});
    return ++old_calls, Tensor();
  });
  y.mul_(3);
  y.register_hook([&](const Tensor& g) {
    expect_values(g, {1, 1});
    return ++new_calls, Tensor();
  });
  sum(y).backward();
  BOOST_TEST(old_calls == 1);
  BOOST_TEST(new_calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
