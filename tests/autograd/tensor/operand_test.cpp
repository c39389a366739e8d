// Results that are written over a temporary operand: where that happens, and where somebody would notice.
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

const std::byte* buffer(const Tensor& x) { return x.raw(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_operand)

BOOST_AUTO_TEST_CASE(an_operator_writes_over_a_temporary) {
  const Tensor x = tensor({1.0, 2.0, 3.0});
  Tensor temporary = x * 2;
  const std::byte* const place = buffer(temporary);
  const Tensor y = -((std::move(temporary) + 1) * x / 2 - x);
  BOOST_TEST(buffer(y) == place);
  expect_values(y, {-0.5, -3, -7.5});
}

BOOST_AUTO_TEST_CASE(either_side_may_be_written_over) {
  const Tensor x = tensor({{1, 2}, {3, 4}}), row = tensor({10, 20});
  Tensor right = x * 1, wide = x * 1;
  const std::byte *const right_place = buffer(right), *const wide_place = buffer(wide);
  const Tensor difference = row - std::move(right), sum = std::move(wide) + row;
  BOOST_TEST(buffer(difference) == right_place);
  BOOST_TEST(buffer(sum) == wide_place);
  expect_values(difference, {9, 18, 7, 16});
  expect_values(sum, {11, 22, 13, 24});
}

BOOST_AUTO_TEST_CASE(a_tensor_may_meet_itself) {
  Tensor x = tensor({1, 2, 3});
  const Tensor y = std::move(x) * x;  // NOLINT: both are read before either is written
  expect_values(y, {1, 4, 9});
}

BOOST_AUTO_TEST_CASE(a_named_tensor_stays_as_it_is) {
  const Tensor x = tensor({1, 2, 3});
  const Tensor y = x + 1, z = y * 2, w = y + y;
  expect_values(y, {2, 3, 4});
  expect_values(z, {4, 6, 8});
  expect_values(w, {4, 6, 8});
}

BOOST_AUTO_TEST_CASE(what_another_handle_sees_stays_as_it_is) {
  Tensor x = tensor({1, 2, 3});
  const Tensor same = x;
  const Tensor y = std::move(x) + 1;
  expect_values(same, {1, 2, 3});
  expect_values(y, {2, 3, 4});
}

BOOST_AUTO_TEST_CASE(what_a_view_sees_stays_as_it_is) {
  Tensor base = tensor({{1, 2}, {3, 4}});
  const Tensor row = base[1];
  const Tensor doubled = std::move(base) * 2;
  expect_values(row, {3, 4});
  Tensor other = tensor({{1, 2}, {3, 4}});
  const Tensor negative = -other.transpose(0, 1);
  expect_values(other, {1, 2, 3, 4});
  expect_values(negative, {-1, -3, -2, -4});
}

BOOST_AUTO_TEST_CASE(an_expanded_operand_is_not_written_over) {
  const Tensor row = tensor({1, 2});
  const Tensor y = row.expand({3, 2}) + 1;
  expect_values(row, {1, 2});
  expect_values(y, {2, 3, 2, 3, 2, 3});
}

BOOST_AUTO_TEST_CASE(another_dtype_is_not_written_over) {
  Tensor x = arange(3) * 1;
  const Tensor y = std::move(x) / 2;
  BOOST_TEST((y.dtype() == kFloat32));
  expect_values(y, {0, 0.5, 1});
}

BOOST_AUTO_TEST_CASE(what_a_vjp_reads_is_not_written_over) {
  const Tensor x = leaf({1, 2, 3});
  sum(exp(x) * 2 * x).backward();  // exp saved its output, which is the temporary
  expect_values(x.grad(), {2 * std::exp(1.0) * 2, 2 * std::exp(2.0) * 3, 2 * std::exp(3.0) * 4}, 1e-12);
}

BOOST_AUTO_TEST_CASE(a_recorded_chain_of_temporaries_has_its_gradient) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = -(((x * 2 + 1) - 4) / 2);
  expect_values(y, {0.5, -0.5, -1.5});
  BOOST_TEST(y.grad_fn() == "neg");
  sum(y * tensor({1, 10, 100})).backward();
  expect_values(x.grad(), {-1, -10, -100});
}

BOOST_AUTO_TEST_CASE(without_recording_a_result_has_no_history) {
  const Tensor x = leaf({1, 2, 3});
  Tensor y = x * 2;
  const NoGradGuard no_grad;
  const Tensor z = std::move(y) + 1;
  BOOST_TEST(!z.requires_grad());
  BOOST_TEST(z.is_leaf());
  expect_values(z, {3, 5, 7});
}

BOOST_AUTO_TEST_CASE(hooks_keep_their_tensor) {
  const Tensor x = leaf({1, 2, 3});
  Tensor y = x * 2;
  std::vector<double> seen;
  y.register_hook([&](const Tensor& g) {
    seen = g.to_vector<double>();
    return Tensor();
  });
  sum(std::move(y) * 3).backward();
  BOOST_TEST(seen == (std::vector<double>{3, 3, 3}), boost::test_tools::per_element());
  expect_values(x.grad(), {6, 6, 6});
}

BOOST_AUTO_TEST_CASE(a_gradient_that_somebody_holds_is_not_written_over) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * 2, z = y * 5;
  y.retain_grad();
  Tensor kept;
  z.register_hook([&](const Tensor& g) {
    kept = g;
    return Tensor();
  });
  const Tensor start = tensor({1, 10, 100}, {.dtype = kFloat64});
  z.backward(start);
  expect_values(start, {1, 10, 100});
  expect_values(kept, {1, 10, 100});
  expect_values(y.grad(), {5, 50, 500});
  expect_values(x.grad(), {10, 100, 1000});
}

BOOST_AUTO_TEST_CASE(a_second_replay_finds_all_values) {
  const Tensor x = leaf({-1, 2, 3});
  const Tensor y = sum(relu(exp(x) - 1) * 2);
  y.backward({.retain_graph = true});
  const std::vector<double> once = x.grad().to_vector<double>();
  x.zero_grad();
  y.backward();
  BOOST_TEST(x.grad().to_vector<double>() == once, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
