// backward(): what arrives in .grad(), for graphs of every form, and the errors a user meets.
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_backward)

BOOST_AUTO_TEST_CASE(the_example_of_the_documentation_holds) {
  const Tensor x = leaf({{1, 2}, {3, 4}}), w = leaf({{1, 0}, {2, -1}});
  sum(square(matmul(x, w))).backward();
  expect_values(w.grad(), {76, -28, 108, -40});  // 2 x^T (x w), by hand: x w = {{5, -2}, {11, -4}}
  expect_values(x.grad(), {10, 24, 22, 52});     // 2 (x w) w^T
}

BOOST_AUTO_TEST_CASE(gradients_of_two_backwards_add_up) {
  const Tensor x = leaf({1, 2});
  sum(x * 3).backward();
  sum(x * x).backward();
  expect_values(x.grad(), {5, 7});
}

BOOST_AUTO_TEST_CASE(zero_grad_makes_the_gradient_undefined) {
  const Tensor x = leaf({1, 2});
  BOOST_TEST(!x.grad().defined());
  sum(x).backward();
  BOOST_TEST(x.grad().defined());
  x.zero_grad();
  BOOST_TEST(!x.grad().defined());
  sum(x * 2).backward();
  expect_values(x.grad(), {2, 2});
}

BOOST_AUTO_TEST_CASE(gradient_of_a_reused_tensor_adds_up) {
  const Tensor x = leaf({3});
  const Tensor y = x * x;
  sum(y * 2 + y * y).backward();  // d (2 x^2 + x^4) = 4 x + 4 x^3
  expect_values(x.grad(), {120});
}

BOOST_AUTO_TEST_CASE(a_tensor_may_be_both_operands) {
  const Tensor x = leaf({3});
  sum(x + x).backward();
  expect_values(x.grad(), {2});
  const Tensor y = leaf({3});
  sum((y - y) + y * y + y / y).backward();
  expect_values(y.grad(), {6});
}

BOOST_AUTO_TEST_CASE(ten_thousand_tensors_that_use_one_leaf_give_the_right_sum) {
  const Tensor x = leaf(2.0);
  Tensor total = zeros({}, {.dtype = kFloat64});
  for (int i = 1; i <= 10000; ++i) total = total + x * i;
  total.backward();
  BOOST_TEST(x.grad().item() == 50005000);
}

BOOST_AUTO_TEST_CASE(ten_thousand_users_of_an_interior_tensor_and_one_cat) {
  const Tensor x = leaf(2.0);
  const Tensor y = x * x;
  std::vector<Tensor> parts;
  for (int i = 1; i <= 10000; ++i) parts.push_back((y * i).reshape({1}));
  sum(cat(parts)).backward();
  BOOST_TEST(x.grad().item() == 4.0 * 50005000);
}

BOOST_AUTO_TEST_CASE(a_leaf_that_is_the_output_gets_the_gradient_itself) {
  const Tensor x = leaf(3);
  x.backward();
  BOOST_TEST(x.grad().item() == 1);
  const Tensor y = leaf({1, 2});
  y.backward(tensor({5.0, 6.0}));
  expect_values(y.grad(), {5, 6});
}

BOOST_AUTO_TEST_CASE(a_gradient_weighs_an_output_that_is_no_scalar) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * x;
  expect_error([&] { y.backward(); }, "backward: the output has shape {2}; pass a gradient of that shape");
  expect_error([&] { y.backward(ones({3})); }, "the gradient has shape {3}; the output has {2}");
  y.backward(tensor({10.0, 100.0}));
  expect_values(x.grad(), {20, 400});
  leaf({{7}}).backward();  // one element is scalar enough
}

BOOST_AUTO_TEST_CASE(an_output_that_needs_no_gradient_is_an_error) {
  expect_error([] { tensor({1.0}).backward(); }, "needs no gradient");
  expect_error([] { sum(tensor({1.0}) * 2).backward(); }, "requires grad");
}

BOOST_AUTO_TEST_CASE(a_second_backward_needs_retain_graph) {
  const Tensor x = leaf({1, 2});
  const Tensor y = sum(x * x);
  y.backward({.retain_graph = true});
  y.backward();
  expect_values(x.grad(), {4, 8});
  expect_error([&] { y.backward(); }, "{.retain_graph = true}");
  expect_error([&] { y.backward(); }, "mul");
  expect_values(x.grad(), {4, 8});
}

BOOST_AUTO_TEST_CASE(a_graph_that_saved_nothing_may_be_replayed_again) {
  const Tensor x = leaf({1, 2});
  const Tensor y = sum(x + 1);
  y.backward();
  y.backward();
  expect_values(x.grad(), {2, 2});
}

BOOST_AUTO_TEST_CASE(several_outputs_go_in_one_replay) {
  const Tensor x = leaf({1, 2});
  const Tensor shared = x * x;
  backward({sum(shared), shared * 3}, {Tensor(), tensor({1.0, 10.0})});
  expect_values(x.grad(), {2 + 6, 4 + 120});
  expect_error([&] { backward({sum(x), sum(x)}, {ones({})}); }, "1 gradients for 2 outputs");
}

BOOST_AUTO_TEST_CASE(a_leaf_without_requires_grad_gets_nothing) {
  const Tensor x = leaf({1, 2}), c = tensor({3.0, 4.0}, {.dtype = kFloat64});
  sum(x * c).backward();
  expect_values(x.grad(), {3, 4});
  BOOST_TEST(!c.grad().defined());
}

BOOST_AUTO_TEST_CASE(a_leafs_gradient_shares_its_storage_with_nothing) {
  const Tensor a = leaf({1, 2}), b = leaf({3, 4});
  const Tensor g = tensor({5.0, 6.0}, {.dtype = kFloat64});
  (a + b).backward(g);  // the vjp hands the same gradient to both
  BOOST_TEST(a.grad().raw() != b.grad().raw());
  BOOST_TEST(a.grad().raw() != g.raw());
  a.grad().zero_();
  g.zero_();
  expect_values(b.grad(), {5, 6});
  const Tensor x = leaf({{1, 2}, {3, 4}});
  sum(x).backward();  // the gradient of a sum is an expanded scalar
  BOOST_TEST(x.grad().is_contiguous());
  x.grad()[0] += 1;
  expect_values(x.grad(), {2, 2, 1, 1});
}

BOOST_AUTO_TEST_CASE(a_kept_gradient_is_not_changed_by_the_next_step) {
  const Tensor x = leaf({1, 2});
  sum(x * x).backward();
  const Tensor first = x.grad();
  x.zero_grad();
  sum(x * 5).backward();
  expect_values(first, {2, 4});
}

BOOST_AUTO_TEST_CASE(a_gradient_has_the_dtype_of_its_input) {
  const Tensor single = tensor({1.0, 2.0}, {.requires_grad = true});
  const Tensor wide = leaf({3, 4});
  const Tensor product = single * wide;
  BOOST_TEST((product.dtype() == kFloat64));
  sum(product).backward();
  BOOST_TEST((single.grad().dtype() == kFloat32));
  BOOST_TEST((wide.grad().dtype() == kFloat64));
  expect_values(single.grad(), {3, 4});
  sum(single.to(kFloat64) * tensor({1, 2})).backward();
  expect_values(single.grad(), {4, 6});
  const Tensor scalar = leaf(2.0);  // 0-d: does not promote
  const Tensor y = single * scalar;
  BOOST_TEST((y.dtype() == kFloat32));
  sum(y).backward();
  BOOST_TEST((scalar.grad().dtype() == kFloat64));
  BOOST_TEST(scalar.grad().item() == 3);
}

BOOST_AUTO_TEST_CASE(broadcast_operands_get_gradients_of_their_own_shape) {
  const Tensor row = leaf({1, 2, 3}), column = leaf({{1}, {2}}), number = leaf(2.0);
  sum(row * column + number).backward();
  expect_values(row.grad(), {3, 3, 3});
  BOOST_TEST(column.grad().shape() == Shape(2, 1));
  expect_values(column.grad(), {6, 6});
  BOOST_TEST(number.grad().shape() == Shape());
  BOOST_TEST(number.grad().item() == 6);
}

BOOST_AUTO_TEST_CASE(one_output_of_several_may_be_used) {
  const Tensor x = leaf({{1, 5, 2}, {7, 3, 4}});
  const auto [values, indices] = max(x, 1);
  BOOST_TEST(!indices.requires_grad());
  sum(values).backward();
  expect_values(x.grad(), {0, 1, 0, 1, 0, 0});
}

BOOST_AUTO_TEST_CASE(views_hand_gradients_to_their_base) {
  const Tensor x = leaf({{1, 2, 3}, {4, 5, 6}});
  (x[0][1] * 10 + sum(x.t()[2])).backward();
  expect_values(x.grad(), {0, 10, 1, 0, 0, 1});
}

BOOST_AUTO_TEST_CASE(set_grad_refuses_what_does_not_fit) {
  const Tensor x = leaf({1, 2});
  x.set_grad(tensor({7.0, 8.0}, {.dtype = kFloat64}));
  sum(x).backward();
  expect_values(x.grad(), {8, 9});
  expect_error([&] { x.set_grad(zeros({3}, {.dtype = kFloat64})); }, "set_grad: a gradient of shape {3}");
  expect_error([&] { x.set_grad(zeros({2})); }, "float64");
}

BOOST_AUTO_TEST_CASE(a_failed_backward_leaves_the_graph_replayable) {
  const Tensor x = leaf({2});
  const Tensor y = x * x;
  const std::size_t id = y.register_hook([](const Tensor&) -> Tensor { throw Error("from a hook"); });
  const Tensor z = sum(y * 3);
  expect_error([&] { z.backward({.retain_graph = true}); }, "from a hook");
  y.remove_hook(id);
  z.backward();
  expect_values(x.grad(), {12});
}

BOOST_AUTO_TEST_CASE(a_replay_that_fails_changes_no_leaf) {
  const Tensor x = tensor({1.0, 2.0}, {.requires_grad = true}),
               y = tensor({3.0, 4.0}, {.requires_grad = true});
  const Tensor changed = y + 0;
  const Tensor loss = sum(x * 2) + sum(changed * changed);
  changed += 1;
  BOOST_CHECK_THROW(loss.backward(), Error);
  BOOST_TEST(!x.grad().defined());
  BOOST_TEST(!y.grad().defined());
}

BOOST_AUTO_TEST_CASE(a_hook_that_throws_changes_no_leaf) {
  const Tensor x = leaf({1}), y = leaf({2});
  y.register_hook([](const Tensor&) -> Tensor { throw Error("the hook of y"); });
  for (const Tensor& product : {x * y, y * x}) {  // whichever leaf is met first
    expect_error([&] { sum(product).backward(); }, "the hook of y");
    BOOST_TEST(!x.grad().defined());
    BOOST_TEST(!y.grad().defined());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
