// Tensors that become something else: a leaf, another shape in place, detached, given up as a temporary.
// Expected gradients are worked out by hand; those that are not obvious were compared with PyTorch 1.13.
#include "autograd/graph/backward.hpp"
#include "tests/autograd/graph/leaves.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_views_changed)

BOOST_AUTO_TEST_CASE(a_view_that_became_a_leaf_has_a_history_of_its_own) {
  const Tensor base = constant({1, 2}), p = leaf({5, 6});
  const Tensor view = base[0];
  view.requires_grad_();
  base.copy_(p);
  BOOST_TEST(view.is_leaf());
  (view * 3).backward();
  BOOST_TEST(view.grad().item() == 3);
  BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_CASE(shapes_change_in_place_and_views_stay_what_they_were) {
  const Tensor x = leaf({{1, 2, 3}, {4, 5, 6}});
  const Tensor y = x * 2;
  const Tensor view = y[1];
  y.t_().unsqueeze_(0);
  BOOST_TEST(y.shape() == Shape({1, 3, 2}));
  BOOST_TEST(view.shape() == Shape({3}));
  view.mul_(10);
  expect_values(y, {2, 80, 4, 100, 6, 120}, 0);
  sum(y * constant({{{1, 2}, {3, 4}, {5, 6}}})).backward();
  expect_values(x.grad(), {2, 6, 10, 40, 80, 120});
  x.zero_grad();

  const Tensor z = x * 2;
  const Tensor row = z.slice(0, 0, 1);
  row.transpose_(0, 1).squeeze_().mul_(5);
  BOOST_TEST(row.shape() == Shape({3}));
  sum(z).backward();
  expect_values(x.grad(), {10, 10, 10, 2, 2, 2});
  expect_error([&] { x.unsqueeze_(0); }, "unsqueeze_: a leaf that requires grad");
  const Tensor plain = zeros({1, 2, 1});
  plain.squeeze_(0);
  BOOST_TEST(plain.shape() == Shape({2, 1}));
  plain.squeeze_(0);
  BOOST_TEST(plain.shape() == Shape({2, 1}));
}

BOOST_AUTO_TEST_CASE(detaching_in_place_leaves_the_history_behind) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  y.detach_();
  BOOST_TEST(y.is_leaf());
  BOOST_TEST(!y.requires_grad());
  view.backward();  // taken before, it keeps what it had
  expect_values(x.grad(), {2, 0});
}

BOOST_AUTO_TEST_CASE(a_temporary_that_is_given_up_loses_its_history_whole) {
  const Tensor x = leaf({1, 2, 3});
  Tensor a = x * 2;
  const Tensor c = std::move(a) + ones({2, 3}, {.dtype = kFloat64});
  sum(c).backward();
  expect_values(x.grad(), {4, 4, 4});
  BOOST_TEST(!a.requires_grad());  // NOLINT: what a given-up tensor holds must not break anything
  BOOST_TEST(a.is_leaf());
  x.zero_grad();

  Tensor b = x * 2;
  expect_error([&] { (void)(std::move(b) + ones({2}, {.dtype = kFloat64})); }, "add");
  BOOST_TEST(b.requires_grad() == !b.is_leaf());

  Tensor d = x * 2;
  sum(std::move(d) + std::move(d)).backward();
  expect_values(x.grad(), {4, 4, 4});
  x.zero_grad();

  const Tensor y = x * 2;
  sum(y.slice(0, 0, 2) * 3).backward();  // a view is not a temporary to write over
  expect_values(y, {2, 4, 6}, 0);
}

BOOST_AUTO_TEST_CASE(a_leaf_that_was_written_over_takes_no_gradient) {
  const Tensor x = leaf({1, 2}), w = leaf({1, 1});
  const Tensor y = x * w;
  x.requires_grad_(false);
  x.add_(w);
  expect_error([&] { sum(y).backward({.retain_graph = true}); }, "leaf");
  BOOST_TEST(!w.grad().defined());
  sum(x).backward();
  expect_values(w.grad(), {1, 1});

  x.detach_();
  x.requires_grad_();
  sum(x * 3).backward();
  expect_values(x.grad(), {3, 3});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
