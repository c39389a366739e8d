// Hooks and retained gradients: when they run, in which order, and what they may change.
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

/// Hooks that write down what they see.
struct Log {
  std::vector<std::string> names = {};
  std::vector<double> values = {};

  Hook note(const std::string& name) {
    return [this, name](const Tensor& g) {
      names.push_back(name);
      values.push_back(g.item());
      return Tensor();
    };
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(autograd_hooks, Log)

BOOST_AUTO_TEST_CASE(a_hook_on_a_leaf_runs_once_with_the_final_gradient) {
  const Tensor x = leaf({3});
  x.register_hook(note("x"));
  sum(x * 2 + x * x + exp(x * 0)).backward();
  BOOST_TEST(values == std::vector<double>{8}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_hook_on_an_interior_tensor_sees_the_sum_of_its_gradients) {
  const Tensor x = leaf({3});
  const Tensor y = x * x;
  y.register_hook(note("y"));
  sum(y * 2 + y * 5).backward();
  BOOST_TEST(values == std::vector<double>{7}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(hooks_run_in_the_order_of_their_registration) {
  const Tensor x = leaf({3});
  x.register_hook(note("first"));
  x.register_hook(note("second"));
  x.register_hook(note("third"));
  sum(x).backward();
  BOOST_TEST(names == (std::vector<std::string>{"first", "second", "third"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(hooks_run_from_the_output_to_the_leaf) {
  const Tensor x = leaf({3});
  const Tensor y = x * 2, z = y * 2;
  x.register_hook(note("x"));
  y.register_hook(note("y"));
  z.register_hook(note("z"));
  sum(z).backward();
  BOOST_TEST(names == (std::vector<std::string>{"z", "y", "x"}), boost::test_tools::per_element());
  BOOST_TEST(values == (std::vector<double>{1, 2, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_hook_may_replace_the_gradient) {
  const Tensor x = leaf({3});
  x.register_hook([](const Tensor& g) { return 2 * g; });
  x.register_hook([](const Tensor& g) { return g + 1; });
  sum(x * 5).backward();
  expect_values(x.grad(), {11});
}

BOOST_AUTO_TEST_CASE(a_replaced_interior_gradient_flows_on) {
  const Tensor x = leaf({3});
  const Tensor y = x * 2;
  y.register_hook([](const Tensor& g) { return g * 10; });
  sum(y * 7).backward();
  expect_values(x.grad(), {140});
}

BOOST_AUTO_TEST_CASE(a_removed_hook_is_silent) {
  const Tensor x = leaf({3});
  const std::size_t first = x.register_hook(note("first"));
  x.register_hook(note("second"));
  x.remove_hook(first);
  sum(x).backward();
  BOOST_TEST(names == std::vector<std::string>{"second"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_hook_may_remove_itself) {
  const Tensor x = leaf({3});
  std::size_t id = 0;
  id = x.register_hook([&, count = 0](const Tensor&) mutable {
    values.push_back(++count);
    x.remove_hook(id);
    return Tensor();
  });
  sum(x).backward();
  sum(x).backward();
  BOOST_TEST(values.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_hook_outlives_the_handle_it_was_registered_on) {
  const Tensor x = leaf({3});
  Tensor y = x * x;
  y.register_hook(note("y"));
  y = y * 2;
  sum(y).backward();
  BOOST_TEST(values == std::vector<double>{2}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(hooks_run_for_grad_as_well) {
  const Tensor x = leaf({3});
  const Tensor y = x * x;
  x.register_hook([](const Tensor& g) { return g * 100; });
  y.register_hook([](const Tensor& g) { return g * 10; });
  const std::vector<Tensor> gs = grad({sum(y)}, {y, x});
  expect_values(gs[0], {10});
  expect_values(gs[1], {6000});
}

BOOST_AUTO_TEST_CASE(a_retained_gradient_is_that_after_the_hooks) {
  const Tensor x = leaf({3});
  const Tensor y = x * x;
  y.retain_grad();
  y.register_hook([](const Tensor& g) { return g * 10; });
  sum(y * 2).backward();
  expect_values(y.grad(), {20});
  expect_values(x.grad(), {120});
}

BOOST_AUTO_TEST_CASE(interior_gradients_are_kept_only_where_asked) {
  const Tensor x = leaf({3});
  const Tensor y = x * x, z = y * y;
  z.retain_grad();
  sum(z * 2).backward();
  BOOST_TEST(!y.grad().defined());
  expect_values(z.grad(), {2});
  x.retain_grad();  // a leaf keeps its own anyway
  sum(x).backward();
  expect_values(x.grad(), {2 * 108 + 1});
}

BOOST_AUTO_TEST_CASE(retained_gradients_add_up_over_backwards) {
  const Tensor x = leaf({3});
  const Tensor y = x * x;
  y.retain_grad();
  const Tensor z = sum(y * 2);
  z.backward({.retain_graph = true});
  z.backward();
  expect_values(y.grad(), {4});
}

BOOST_AUTO_TEST_CASE(a_tensor_that_needs_no_gradient_takes_no_hook) {
  const Tensor x = tensor({1.0});
  expect_error([&] { x.register_hook([](const Tensor&) { return Tensor(); }); }, "register_hook");
  expect_error([&] { x.retain_grad(); }, "retain_grad");
}

BOOST_AUTO_TEST_CASE(hooks_are_recorded_under_create_graph) {
  const Tensor x = leaf({3});
  x.register_hook([](const Tensor& g) { return g * g; });
  const Tensor gx = grad({sum(x * x)}, {x}, {.create_graph = true})[0];  // (2 x)^2
  expect_values(gx, {36});
  const Tensor fresh = x.detach().requires_grad_();
  BOOST_TEST(!fresh.grad().defined());
  BOOST_TEST(gx.requires_grad());
}

BOOST_AUTO_TEST_CASE(a_hook_that_changes_the_shape_or_dtype_is_an_error) {
  const auto replay = [](const std::function<Tensor(const Tensor&)>& hook) {
    const Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}}, {.requires_grad = true}), y = x * x;
    y.register_hook(hook);
    sum(y).backward();
  };
  expect_error(
      [&] { replay([](const Tensor& g) { return g.to(kFloat64); }); },
      "hook: it gave float64 of shape {2, 2} in place of a gradient that is float32 of shape {2, 2}");
  expect_error([&] { replay([](const Tensor& g) { return sum(g, 0); }); },
               "hook: it gave float32 of shape {2}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
