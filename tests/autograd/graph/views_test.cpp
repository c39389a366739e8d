// Views and the history of what they view: writes through either are seen by both, in values and gradients.
// Expected gradients are worked out by hand; those that are not obvious were compared with PyTorch 1.13.
#include "autograd/graph/backward.hpp"
#include "tests/autograd/graph/leaves.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_views)

BOOST_AUTO_TEST_CASE(a_write_through_a_view_reaches_the_base) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  y[0] *= 3;
  expect_values(y, {6, 4}, 0);
  BOOST_TEST(y.grad_fn() == "strided_write");
  sum(y).backward();
  expect_values(x.grad(), {6, 2});
}

BOOST_AUTO_TEST_CASE(a_base_without_history_gains_one_and_its_views_with_it) {
  const Tensor p = leaf({3, 4});
  const Tensor base = zeros({2}, {.dtype = kFloat64});
  const Tensor view = base[0];
  BOOST_TEST(!view.requires_grad());
  base.copy_(p);
  BOOST_TEST(view.requires_grad());
  BOOST_TEST(!view.is_leaf());
  BOOST_TEST(view.grad_fn() == "strided_view");
  (view * view).backward();
  expect_values(p.grad(), {6, 0});
}

BOOST_AUTO_TEST_CASE(a_base_without_history_gains_one_through_a_view) {
  const Tensor h = leaf({1, 2, 3});
  const Tensor out = zeros({3}, {.dtype = kFloat64});
  for (int t = 0; t < 3; ++t) out[t].copy_(h[t] * (t + 1));
  sum(out * out).backward();
  expect_values(h.grad(), {2, 16, 54});
}

BOOST_AUTO_TEST_CASE(the_base_may_be_gone) {
  const Tensor x = leaf({{1, 2}, {3, 4}});
  Tensor view;
  {
    const Tensor y = x * 2;
    view = y.t()[1];
    y.mul_(10);
  }
  view.add_(1);
  sum(view * constant({1, 100})).backward();
  expect_values(view, {41, 81}, 0);
  expect_values(x.grad(), {0, 20, 0, 2000});
}

BOOST_AUTO_TEST_CASE(a_view_of_a_view_of_a_transpose_follows_the_same_base) {
  const Tensor x = leaf({{1, 2, 3}, {4, 5, 6}});
  const Tensor y = x * 1;
  const Tensor corner = y.t().slice(0, 1, 3)[0];  // 2, 5
  corner.mul_(constant({10, 100}));
  expect_values(y, {1, 20, 3, 4, 500, 6}, 0);
  sum(y).backward();
  expect_values(x.grad(), {1, 10, 1, 1, 100, 1});
}

BOOST_AUTO_TEST_CASE(disjoint_views_are_written_independently) {
  const Tensor x = leaf({1, 2, 3, 4});
  const Tensor y = x * 1;
  const Tensor first = y.slice(0, 0, 2), second = y.slice(0, 2, 4);
  first.mul_(2);
  second.mul_(3);
  first.mul_(5);
  expect_values(y, {10, 20, 9, 12}, 0);
  sum(y).backward();
  expect_values(x.grad(), {10, 10, 3, 3});
}

BOOST_AUTO_TEST_CASE(overlapping_views_see_each_other) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * 1;
  const Tensor first = y.slice(0, 0, 2), second = y.slice(0, 1, 3);
  first.mul_(2);   // 2 4 3
  second.mul_(3);  // 2 12 9
  sum(first).backward(BackwardOptions{.retain_graph = true});
  expect_values(x.grad(), {2, 6, 0});
  x.zero_grad();
  sum(second).backward();
  expect_values(x.grad(), {0, 6, 3});
}

BOOST_AUTO_TEST_CASE(an_old_view_is_read_and_written_after_its_base_was) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  y.mul_(x * 2);  // 4 x^2
  BOOST_TEST((view * 3).item() == 12);
  view.mul_(5);  // 20 x0^2
  sum(y).backward();
  expect_values(x.grad(), {40, 16});
}

BOOST_AUTO_TEST_CASE(an_old_view_may_first_be_read_where_nothing_is_recorded) {
  using Reader = std::function<void(const Tensor&)>;
  for (const Reader& read : {Reader([](const Tensor& v) { (void)to_string(v); }),
                             Reader([](const Tensor& v) { (void)v.requires_grad(); }),
                             Reader([](const Tensor& v) { (void)v.is_leaf(); }),
                             Reader([](const Tensor& v) { v.retain_grad(); })}) {
    const Tensor x = leaf({1, 2});
    const Tensor y = x * 2;
    const Tensor view = y[0];
    y.mul_(3);
    {
      const NoGradGuard off;
      read(view);
    }
    BOOST_TEST(view.grad_fn() == "strided_view");
    (view * view).backward();
    expect_values(x.grad(), {72, 0});
  }
}

BOOST_AUTO_TEST_CASE(an_old_view_of_a_detached_base_is_a_constant) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  y.mul_(3);
  y.detach_();
  BOOST_TEST(!(view * view).requires_grad());
}

BOOST_AUTO_TEST_CASE(a_view_of_an_expanded_tensor_outlives_a_change_of_its_shape) {
  const Tensor x = leaf({1, 2});
  const Tensor e = (x * 2).expand({3, 2});
  e.unsqueeze_(0);
  const Tensor view = e[0];
  e.squeeze_(0);
  sum(view).backward();
  expect_values(x.grad(), {6, 6});
}

BOOST_AUTO_TEST_CASE(a_view_that_a_hook_took_is_one_taken_unrecorded) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  Tensor taken;
  const Tensor z = sum(y * 1);
  z.register_hook([&](const Tensor&) {
    taken = y[0];
    return Tensor();
  });
  z.backward(BackwardOptions{.retain_graph = true});
  expect_error([&] { taken.mul_(3); }, "taken under NoGradGuard");
}

BOOST_AUTO_TEST_CASE(operands_of_a_write_may_be_the_tensor_itself_or_overlap) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor z = x * 1;
  z.slice(0, 1, 3).add_(z.slice(0, 0, 2));
  expect_values(z, {1, 3, 5}, 0);
  z.add_(z);
  sum(z * constant({1, 10, 100})).backward();
  expect_values(x.grad(), {22, 220, 200});
}

BOOST_AUTO_TEST_CASE(what_is_written_may_have_another_dtype) {
  const Tensor h = tensor({1.5, 2.5}, {.requires_grad = true});
  const Tensor out = zeros({2, 2}, {.dtype = kFloat64});
  out[1].copy_(h);
  out[0].add_(h);
  sum(out * out).backward();
  expect_values(h.grad(), {6, 10});
  BOOST_TEST((h.grad().dtype() == kFloat32));
  const Tensor integers = zeros({2}, {.dtype = kInt64});
  integers.copy_(h);
  BOOST_TEST(!integers.requires_grad());
}

BOOST_AUTO_TEST_CASE(a_write_of_a_constant_ends_the_gradient_there) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * 2;
  y[1].fill_(7);
  y.slice(0, 2, 3).zero_();
  expect_values(y, {2, 7, 0}, 0);
  sum(y).backward();
  expect_values(x.grad(), {2, 0, 0});
  x.zero_grad();
  const Tensor z = x * 2;
  z.copy_(constant({5, 6, 7}));
  BOOST_TEST(z.requires_grad());
  sum(z).backward();
  expect_values(x.grad(), {0, 0, 0});
}

BOOST_AUTO_TEST_CASE(a_detached_alias_is_a_root_of_its_own) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  y.detach()[0].mul_(5);
  expect_values(y, {10, 4}, 0);
  BOOST_TEST(y.grad_fn() == "mul_scalar");
  sum(y).backward();
  expect_values(x.grad(), {2, 2});
}

BOOST_AUTO_TEST_CASE(results_of_composed_ops_are_no_views_of_anything_a_user_sees) {
  const Tensor w = leaf({{1, 2}, {3, 4}}), x = leaf({1, 1}), b = leaf({10, 20});
  const auto changed = [&](const Tensor& y) {
    y += 1;
    sum(y).backward();
    for (const Tensor& parameter : {w, x, b}) parameter.zero_grad();
  };
  changed(matmul(w, x));
  changed(matmul(x, w));
  changed(matmul(x, x));
  changed(matmul(stack({w, w}), x));
  changed(matmul(stack({w, w}), w));
  changed(linear(x, w, b));
  changed(linear(stack({w, w}), w, b));
  changed(logsumexp(w, 0) * 1);
  changed(reshape(t(w), {4}));
  const Tensor y = matmul(w, x);
  y += b;
  sum(y * y).backward();
  expect_values(b.grad(), {2 * 13, 2 * 27});
}

BOOST_AUTO_TEST_CASE(tensors_without_elements_and_without_dims_are_written) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  y.slice(0, 1, 1).mul_(3);
  y.view({1, 2})[0][1].mul_(5);
  const Tensor s = sum(y);
  s.view({1}).mul_(2);
  s.backward();
  expect_values(x.grad(), {4, 20});
  const Tensor nothing = zeros({0, 3}, {.dtype = kFloat64, .requires_grad = true});
  const Tensor z = nothing * 2;
  z.select(1, 0).add_(1);
  sum(z).backward();
  BOOST_TEST(nothing.grad().shape() == Shape({0, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
