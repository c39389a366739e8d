// Views and the history of what they view: writes through either are seen by both, in values and gradients.
// Expected gradients are worked out by hand; those that are not obvious were compared with PyTorch 1.13.
#include <algorithm>

#include "autograd/base/random.hpp"
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }
Tensor constant(const TensorData& data) { return tensor(data, {.dtype = kFloat64}); }

}  // namespace

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

BOOST_AUTO_TEST_CASE(a_saved_value_in_the_other_half_is_still_refused) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor z = y[1] * y[1];
  y[0].mul_(3);
  expect_error([&] { z.backward(); }, "changed in place by mul_");
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

BOOST_AUTO_TEST_CASE(
    an_operand_that_the_write_changes_is_refused_where_its_gradient_reads_it) {  // as in PyTorch
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * 1, z = x * 1;
  y.mul_(y);
  expect_values(y, {1, 4, 9}, 0);
  expect_error([&] { sum(y).backward(); }, "mul: a value of shape {3} that its gradient reads was changed");
  z.slice(0, 1, 3).mul_(z.slice(0, 0, 2));
  expect_values(z, {1, 2, 6}, 0);
  expect_error([&] { sum(z).backward(); }, "mul: a value of shape {2} that its gradient reads was changed");
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

BOOST_AUTO_TEST_CASE(refused_writes_through_views_say_what_to_do) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  expect_error([&] { x[0].mul_(2); }, "mul_: a view of a leaf that requires grad");
  expect_error([&] { y.unbind()[0].mul_(2); }, "mul_: an output of split, chunk or unbind (of shape {})");
  expect_error([&] { y.split(1)[0].mul_(2); }, "use narrow() or select()");
  expect_error([&] { y.chunk(2)[0][0].mul_(2); }, "split, chunk or unbind");
  expect_error([&] { y[0].expand({3}).mul_(2); }, "mul_: the tensor of shape {3} is expanded");
  const Tensor view = y[0];
  expect_error([&] { view.detach_(); }, "detach_: a view of shape {}");
  const Tensor expanded = constant({{1}, {2}}).expand({2, 3}).detach();
  expect_error([&] { expanded.select(1, 0).mul_(x); },
               "mul_: the tensor of shape {2} is a view of an expanded");
  expect_values(y, {2, 4}, 0);
  sum(y).backward();
  expect_values(x.grad(), {2, 2});
}

BOOST_AUTO_TEST_CASE(pieces_that_came_together_do_not_follow_a_write) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const std::vector<Tensor> pieces = y.unbind();
  y.mul_(3);
  expect_error([&] { (void)(pieces[0] * 2); }, "mul_scalar: the tensor of shape {} is an output of split");
  const NoGradGuard off;
  BOOST_TEST((pieces[0] * 2).item() == 12);
}

BOOST_AUTO_TEST_CASE(a_view_taken_unrecorded_does_not_follow_its_base) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = [&] {
    const NoGradGuard off;
    return y[0];
  }();
  BOOST_TEST(!view.requires_grad());
  expect_error([&] { view.mul_(3); }, "taken under NoGradGuard");
  expect_values(y, {2, 4}, 0);
  y.mul_(3);
  expect_error([&] { (void)(view * 2); }, "take the view again");
  {
    const NoGradGuard off;
    view.mul_(2);
    BOOST_TEST((view * 2).item() == 24);
  }
  const Tensor plain = constant({1, 2});
  const Tensor plain_view = [&] {
    const NoGradGuard off;
    return plain[0];
  }();
  plain_view.mul_(2);  // no gradient passes: nothing to be wrong
  expect_values(plain, {2, 2}, 0);
}

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

BOOST_AUTO_TEST_CASE(errors_of_old_views_name_the_op) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const std::vector<Tensor> pieces = y.unbind();
  y.mul_(3);
  expect_error([&] { pieces[0].mul_(2); }, "mul_: the tensor of shape {} is an output of split");
  expect_error([&] { pieces[0].requires_grad_(false); }, "requires_grad_: the tensor of shape {}");
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

BOOST_AUTO_TEST_CASE(an_old_view_is_no_input_of_what_was_computed_before) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  y.mul_(2);
  const Tensor loss = sum(y);
  expect_error([&] { (void)grad({loss}, {view}); }, "no output depends on input 0");
  const Tensor z = view * view;
  expect_values(grad({z}, {view})[0], {8});
  expect_values(grad({view * view}, {x})[0], {32, 0});
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

BOOST_AUTO_TEST_CASE(a_write_that_fails_changes_nothing) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor view = y[0];
  const std::string before = y.grad_fn();
  expect_error([&] { view.mul_(constant({1, 2, 3})); }, "mul_: the result has shape {3}");
  expect_error([&] { view.copy_(constant({1, 2, 3})); }, "copy_");
  BOOST_TEST(y.grad_fn() == before);
  BOOST_TEST(y.version() == 0u);
  (sum(y) + view).backward();
  expect_values(x.grad(), {4, 2});
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
  sum(y.slice(0, 0, 2) * 3).backward();  // a view is no temporary to write over
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

BOOST_AUTO_TEST_CASE(histories_with_writes_through_views_own_no_cycle) {
  const Tensor x = leaf({1, 2});
  const auto step = [&](bool replayed) {
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
  for (int i = 0; i < 10; ++i) step(i % 2 == 0);
  const auto warm = detail::pool::statistics().system_allocations;
  for (int i = 0; i < 1000; ++i) step(i % 2 == 0);
  BOOST_TEST(detail::pool::statistics().system_allocations == warm);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
