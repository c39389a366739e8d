// Unrecorded in-place ops on views, expanded tensors and unfitting operands; versions; and that no history
// owns itself.
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_inplace_views)

BOOST_AUTO_TEST_CASE(an_unrecorded_write_through_a_view_is_fine) {
  const Tensor x = leaf({{1, 2}, {3, 4}});
  const NoGradGuard off;
  x[0] += 10;
  x.t()[1].mul_(2);
  expect_values(x, {11, 24, 3, 8}, 0);
}

BOOST_AUTO_TEST_CASE(an_expanded_tensor_cannot_be_written) {
  const Tensor x = tensor({{1.0}, {2.0}});
  expect_error([&] { x.expand({2, 3}) += 1; }, "add_: the tensor of shape {2, 3} is expanded");
  expect_error([&] { x.expand({2, 3}).fill_(0); }, "clone() it first");
  expect_error([&] { x.broadcast_to({2, 3}).copy_(zeros({2, 3})); }, "copy_");
  x.expand({2, 1}) += 1;  // nothing is repeated
  expect_values(x, {2, 3}, 0);
  const Tensor copy = x.expand({2, 3}).clone();
  copy += 1;
  expect_values(copy, {3, 3, 3, 4, 4, 4}, 0);
}

BOOST_AUTO_TEST_CASE(the_result_must_fit_the_dtype) {
  const Tensor n = tensor({1, 2});
  expect_error([&] { n += 0.5; }, "add_: the result is float32; a int64 tensor cannot hold it");
  expect_error([&] { n /= 2; }, "div_");
  expect_error([&] { n.mul_(tensor({1.5, 2.5})); }, "mul_");
  expect_error([&] { tensor({true}) += 1; }, "bool");
  n += 3;
  n *= tensor({2, 3}, {.dtype = kUInt8});
  BOOST_TEST((n.dtype() == kInt64));
  expect_values(n, {8, 15}, 0);
  const Tensor narrow = tensor({1.0, 2.0});
  narrow += tensor({0.5, 0.5}, {.dtype = kFloat64});  // within a category it converts
  BOOST_TEST((narrow.dtype() == kFloat32));
  expect_values(narrow, {1.5, 2.5}, 0);
}

BOOST_AUTO_TEST_CASE(the_result_must_fit_the_shape) {
  const Tensor x = zeros({2, 3});
  x += tensor({1.0, 2.0, 3.0});
  x += tensor({{10.0}, {20.0}});
  x += tensor(100.0);
  expect_values(x, {111, 112, 113, 121, 122, 123}, 0);
  expect_error(
      [&] {
        x += zeros({2, 2, 3});
      },
      "add_: the result has shape {2, 2, 3}; a tensor of shape {2, 3}");
  expect_error([] { ones({3}) *= ones({2, 3}); }, "mul_");
  expect_error([&] { x += zeros({4}); }, "{4}");
  expect_error([&] { x.copy_(zeros({4})); }, "copy_: a source of shape {4} does not broadcast to {2, 3}");
}

BOOST_AUTO_TEST_CASE(copy_and_fill_convert_and_broadcast) {
  const Tensor x = zeros({2, 2}, {.dtype = kInt64});
  x.copy_(tensor({1.75, -2.75}));
  expect_values(x, {1, -2, 1, -2}, 0);
  x.fill_(7);
  expect_values(x, {7, 7, 7, 7}, 0);
  x.t()[0].fill_(1);
  expect_values(x, {1, 7, 1, 7}, 0);
  x.zero_();
  expect_values(x, {0, 0, 0, 0}, 0);
}

BOOST_AUTO_TEST_CASE(operands_may_overlap) {
  const Tensor x = tensor({1.0, 2.0, 3.0, 4.0});
  x.narrow(0, 1, 3) += x.narrow(0, 0, 3);  // as if the operand had been read first
  expect_values(x, {1, 3, 5, 7}, 0);
  x.narrow(0, 1, 3).copy_(x.narrow(0, 0, 3));
  expect_values(x, {1, 1, 3, 5}, 0);
  const Tensor square = tensor({{1, 2}, {3, 4}});
  square += square.t();
  expect_values(square, {2, 5, 5, 8}, 0);
  square.copy_(tensor({{1, 2}, {3, 4}}));
  square.copy_(square.t());
  expect_values(square, {1, 3, 2, 4}, 0);
}

BOOST_AUTO_TEST_CASE(in_place_ops_take_strided_operands) {
  const Tensor x = zeros({2, 3});
  x.t() += tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}});
  expect_values(x, {1, 3, 5, 2, 4, 6}, 0);
  x.t().clamp_(2, 5);
  expect_values(x, {2, 3, 5, 2, 4, 5}, 0);
  x.slice(1, 0, 3, 2).mul_(tensor({{1, 2, 3}, {4, 5, 6}}).slice(1, 0, 3, 2));
  expect_values(x, {2, 3, 15, 8, 4, 30}, 0);
}

BOOST_AUTO_TEST_CASE(clamp_takes_one_bound_or_both) {
  const auto clamped = [](const ClampOptions& options) {
    const Tensor x = tensor({-2.0, 0.0, 2.0});
    x.clamp_(options);
    return x;
  };
  expect_values(clamped({.min = -1}), {-1, 0, 2}, 0);
  expect_values(clamped({.max = 1}), {-2, 0, 1}, 0);
  expect_values(clamped({.min = -1, .max = 1}), {-1, 0, 1}, 0);
}

BOOST_AUTO_TEST_CASE(every_write_counts_the_version_up_for_all_views) {
  const Tensor x = zeros({2, 2});
  const Tensor view = x[0];
  const std::uint32_t start = x.version();
  x += 1;
  view.mul_(2);
  x.detach().zero_();
  BOOST_TEST(x.version() == start + 3);
  BOOST_TEST(view.version() == x.version());
  BOOST_TEST(x.clone().version() == 0u);
}

BOOST_AUTO_TEST_CASE(in_place_results_return_the_tensor_itself) {
  const Tensor x = zeros({2});
  BOOST_TEST(x.add_(1).mul_(3).is_same(x));
  BOOST_TEST((x += 1).is_same(x));
  BOOST_TEST(x.copy_(ones({2})).fill_(2).clamp_(0, 1).zero_().is_same(x));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
