// Reads and writes of views that are refused, and what they leave as it was.
// Expected gradients are worked out by hand; those that are not obvious were compared with PyTorch 1.13.
#include "autograd/graph/backward.hpp"
#include "tests/autograd/graph/leaves.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_views_refused)

BOOST_AUTO_TEST_CASE(a_saved_value_in_the_other_half_is_still_refused) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor z = y[1] * y[1];
  y[0].mul_(3);
  expect_error([&] { z.backward(); }, "changed in place by mul_");
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

BOOST_AUTO_TEST_CASE(errors_of_old_views_name_the_op) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const std::vector<Tensor> pieces = y.unbind();
  y.mul_(3);
  expect_error([&] { pieces[0].mul_(2); }, "mul_: the tensor of shape {} is an output of split");
  expect_error([&] { pieces[0].requires_grad_(false); }, "requires_grad_: the tensor of shape {}");
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
