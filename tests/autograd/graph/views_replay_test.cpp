// Replays of graphs with writes in place: hooks, retained gradients, gradients of gradients, memory.
// Expected gradients are worked out by hand; those that are not obvious were compared with PyTorch 1.13.
#include "autograd/graph/backward.hpp"
#include "tests/autograd/graph/leaves.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_views_replay)

BOOST_AUTO_TEST_CASE(hooks_stay_with_the_value_that_they_were_set_on) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  std::vector<std::pair<std::string, double>> seen;
  const auto note = [&](const std::string& name) {
    return [&seen, name](const Tensor& g) {
      seen.emplace_back(name, sum(g).item());
      return Tensor();
    };
  };
  view.register_hook(note("view before"));
  y.register_hook(note("base before"));
  view.mul_(3);
  view.register_hook(note("view after"));
  y.register_hook(note("base after"));
  (sum(y) + view * 10).backward();
  const std::vector<std::pair<std::string, double>> expected{
      {"view after", 10}, {"base after", 12}, {"view before", 33}, {"base before", 34}};
  BOOST_TEST((seen == expected));
  expect_values(x.grad(), {66, 2});
}

BOOST_AUTO_TEST_CASE(hooks_of_an_earlier_value_can_be_removed) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  int calls = 0;
  const auto count = [&](const Tensor&) { return ++calls, Tensor(); };
  const std::size_t first = y.register_hook(count), of_view = view.register_hook(count);
  y.mul_(3);
  (void)view.requires_grad();  // brings the view up to date
  const std::size_t second = y.register_hook(count);
  y.remove_hook(first);
  view.remove_hook(of_view);
  (sum(y) + view).backward(BackwardOptions{.retain_graph = true});
  BOOST_TEST(calls == 1);
  y.remove_hook(second);
  (sum(y) + view).backward();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_replay_that_throws_at_a_write_can_be_done_again) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  bool fails = true;
  y.register_hook([&](const Tensor&) -> Tensor { return check(!fails, "the hook fails"), Tensor(); });
  view.copy_(x[1] * 5);
  const Tensor loss = sum(y * y);
  expect_error([&] { loss.backward(BackwardOptions{.retain_graph = true}); }, "the hook fails");
  BOOST_TEST(!x.grad().defined());
  fails = false;
  loss.backward();
  expect_values(x.grad(), {0, 116});
}

BOOST_AUTO_TEST_CASE(a_retained_gradient_is_that_of_the_newest_value) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  y.retain_grad();
  view.retain_grad();
  view.mul_(3);
  (sum(y) + view * 10).backward();
  expect_values(y.grad(), {11, 1});
  expect_values(view.grad(), {10});
}

BOOST_AUTO_TEST_CASE(a_retained_gradient_survives_a_write) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  y.retain_grad();
  sum(y * y).backward(BackwardOptions{.create_graph = true});
  y.add_(1.0);
  expect_values(y.grad(), {4, 8});
  y.zero_grad();  // what is left then owns no cycle, as LeakSanitizer sees
  x.zero_grad();
}

BOOST_AUTO_TEST_CASE(gradients_of_gradients_pass_through_a_write) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * 1;
  y.mul_(x);        // x^2
  y[1].mul_(x[1]);  // x1^3
  const Tensor first = grad({sum(y * y)}, {x}, {.create_graph = true})[0];
  expect_values(first, {4, 6 * 32, 4 * 27});
  expect_values(grad({sum(first)}, {x})[0], {12, 30 * 16, 12 * 9});
}

BOOST_AUTO_TEST_CASE(a_graph_with_a_write_may_be_replayed_twice) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  y[0].mul_(x[1]);
  const Tensor loss = sum(y);
  const Tensor weights = ones({}, {.dtype = kFloat64});
  for (int i = 0; i < 2; ++i) {
    loss.backward(weights, {.retain_graph = true});
    expect_values(x.grad(), {4, 4});
    expect_values(weights, {1}, 0);
    x.zero_grad();
  }
}

BOOST_AUTO_TEST_CASE(histories_of_writes_in_place_own_no_cycle) {
  const Tensor x = leaf({1, 2});
  const auto write = [&](bool replayed) {
    const Tensor y = x * 2;
    y.mul_(x).add_(y);
    const Tensor z = exp(y * y);
    z.retain_grad();
    z += 1;
    z.register_hook([](const Tensor& g) { return g * 1; });
    const Tensor buffer = zeros({2}, {.dtype = kFloat64});
    buffer.copy_(y).fill_(2);
    if (replayed) sum(y + buffer).backward();
  };
  const auto write_through_views = [&](bool replayed) {
    const Tensor y = x * 2;
    const Tensor view = y[0], other = y.slice(0, 0, 2);
    y.retain_grad();
    view.mul_(x[1]);
    other.register_hook([](const Tensor& g) { return g * 1; });
    y.mul_(x);
    other.exp();
    const Tensor loss = sum(y * y);
    if (replayed) loss.backward(BackwardOptions{.create_graph = true});
    y.add_(1.0);
    x.zero_grad();
    const Tensor once = leaf({3, 4});
    const Tensor z = once * once + once[0];
    once.requires_grad_(false);
    once[1].mul_(z[0]);
  };
  const auto steps = [&](int count) {
    for (int i = 0; i < count; ++i) {
      write(i % 2 == 0);
      write_through_views(i % 2 == 0);
    }
    return detail::pool::statistics().system_allocations;
  };
  const auto warm = steps(10);
  BOOST_TEST(steps(1000) == warm);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
