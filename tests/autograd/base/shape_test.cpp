// Shape functions beyond the cases of their ops: what shares storage, which sizes are resolved, what is
// refused.
#include <limits>

#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using Integers = std::vector<std::int64_t>;

Integers integers(const Tensor& x) { return x.to_vector<std::int64_t>(); }

/// {{0, 1, 2}, {3, 4, 5}}
Tensor two_by_three() { return arange(6, {.dtype = kFloat64}).reshape({2, 3}); }

bool shares_storage(const Tensor& a, const Tensor& b) { return a.impl().storage == b.impl().storage; }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_shape)

BOOST_AUTO_TEST_CASE(reshape_is_a_view_where_strides_allow_and_else_a_copy) {
  const Tensor x = two_by_three();
  BOOST_TEST(shares_storage(x.reshape({3, 2}), x));
  BOOST_TEST(shares_storage(x.t().reshape({3, 2, 1}), x));
  BOOST_TEST(!shares_storage(x.t().reshape({6}), x));
  BOOST_TEST(integers(x.t().reshape({6})) == (Integers{0, 3, 1, 4, 2, 5}));
}

BOOST_AUTO_TEST_CASE(merged_dims_of_a_view_pass_gradients) {
  const Tensor x = two_by_three().requires_grad_();
  (x.view({6}) * arange(6)).sum().backward();
  BOOST_TEST(integers(x.grad()) == (Integers{0, 1, 2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(a_size_of_minus_one_is_resolved) {
  BOOST_TEST(two_by_three().reshape({3, -1}).shape() == Shape({3, 2}));
  BOOST_TEST(zeros({0, 3}).reshape({-1, 3}).shape() == Shape({0, 3}));
  BOOST_TEST(two_by_three().expand({4, -1, -1}).shape() == Shape({4, 2, 3}));
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
  const Tensor x = two_by_three();
  expect_error([&] { static_cast<void>(x.reshape({4})); },
               "reshape: cannot view {2, 3} as {4}; 6 elements do not fill it");
  expect_error([&] { static_cast<void>(x.reshape({-1, 4})); }, "6 elements do not fill it");
  expect_error([&] { static_cast<void>(x.reshape({-1, -1})); }, "only one size may be -1");
  expect_error([&] { static_cast<void>(x.reshape({-2, 3})); }, "negative size -2");
  expect_error([&] { static_cast<void>(zeros({0, 3}).reshape({0, -1})); }, "cannot tell the size -1");
  expect_error([&] { static_cast<void>(x.t().view({6})); }, "use reshape(), or contiguous() first");
  expect_error([&] { static_cast<void>(flatten(x, 1, 0)); }, "flatten: start_dim 1 comes after end_dim 0");
  expect_error([&] { static_cast<void>(t(zeros({1, 2, 3}))); }, "t: expected at most 2 dims");
  expect_error([&] { static_cast<void>(unsqueeze(x, 3)); }, "unsqueeze: dim 3 is out of range");
}

BOOST_AUTO_TEST_CASE(flatten_squeeze_and_t_keep_small_tensors_small) {
  BOOST_TEST(flatten(tensor(1.0)).shape() == Shape{1});
  BOOST_TEST(flatten(zeros({2, 3, 4, 5}), 1, 2).shape() == Shape({2, 12, 5}));
  BOOST_TEST(squeeze(zeros({1, 2, 1})).shape() == Shape{2});
  BOOST_TEST(squeeze(zeros({1, 2, 1}), 1).shape() == Shape({1, 2, 1}));
  BOOST_TEST(t(tensor(2.0)).dim() == 0);
  BOOST_TEST(t(arange(3)).shape() == Shape{3});
}

BOOST_AUTO_TEST_CASE(writing_to_a_part_writes_through) {
  const Tensor x = two_by_three();
  x[0].copy_(zeros({3}));
  x.select(1, -1).fill_(7);
  x.slice(1, 0, 3, 2)[1].add_(1);
  BOOST_TEST(integers(x) == (Integers{0, 0, 7, 4, 4, 8}));
}

BOOST_AUTO_TEST_CASE(slice_takes_pythons_bounds) {
  const Tensor x = arange(5);
  const std::int64_t far = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(integers(x.slice(0, -2, 100)) == (Integers{3, 4}));
  BOOST_TEST(integers(x.slice(0, -100, far, 2)) == (Integers{0, 2, 4}));
  BOOST_TEST(integers(x.slice(0, 1, far, far)) == (Integers{1}));
  BOOST_TEST(x.slice(0, 3, 1).numel() == 0);
  expect_error([&] { static_cast<void>(x.slice(0, 0, 5, 0)); }, "slice: step 0 is not positive");
  expect_error([&] { static_cast<void>(slice(tensor(1.0), 0, 0, 1)); }, "slice: a 0-d tensor has no dim");
}

BOOST_AUTO_TEST_CASE(parts_out_of_range_are_refused) {
  const Tensor x = two_by_three();
  BOOST_TEST(integers(x.narrow(1, -2, 2)) == (Integers{1, 2, 4, 5}));
  BOOST_TEST(x.narrow(1, 3, 0).numel() == 0);
  expect_error([&] { static_cast<void>(x.narrow(1, 2, 2)); },
               "narrow: start 2 and length 2 do not fit into dim 1 of size 3");
  expect_error([&] { static_cast<void>(x.narrow(1, 0, -1)); }, "length -1");
  expect_error([&] { static_cast<void>(x[2]); }, "select: index 2 is out of range for dim 0 of size 2");
  expect_error([&] { static_cast<void>(x.select(0, -3)); }, "select: index -3 is out of range");
  expect_error([&] { static_cast<void>(tensor(3.0)[0]); }, "select: a 0-d tensor has no dim");
}

BOOST_AUTO_TEST_CASE(split_and_chunk_cut_all_of_a_dim) {
  BOOST_TEST(split(arange(7), 3).size() == 3u);
  BOOST_TEST(integers(split(arange(7), 3)[2]) == (Integers{6}));
  BOOST_TEST(integers(split(arange(7), Shape{2, 5})[0]) == (Integers{0, 1}));
  BOOST_TEST(chunk(arange(4), 3).size() == 2u);
  BOOST_TEST(chunk(zeros({0}), 5).size() == 5u);
  BOOST_TEST(unbind(two_by_three(), 1).size() == 3u);
  expect_error([&] { static_cast<void>(split(arange(7), 0)); },
               "split: pieces of size 0 do not fill dim 0 of size 7");
  expect_error(
      [&] {
        static_cast<void>(split(arange(7), Shape{3, 3}));
      },
      "split: sizes {3, 3} add up to 6, but dim 0 has size 7");
  expect_error([&] { static_cast<void>(split(arange(1), Shape{2, -1})); }, "negative size -1");
  expect_error([&] { static_cast<void>(chunk(arange(4), 0)); }, "chunk: expected at least one chunk");
}

BOOST_AUTO_TEST_CASE(joined_tensors_promote_and_must_fit) {
  BOOST_TEST((cat({arange(3), two_by_three()[0]}).dtype() == kFloat64));
  BOOST_TEST(stack({two_by_three(), two_by_three()}, -1).shape() == Shape({2, 3, 2}));
  expect_error([&] { static_cast<void>(cat({})); }, "cat: expected at least one tensor, got an empty list");
  expect_error([&] { static_cast<void>(stack({})); },
               "stack: expected at least one tensor, got an empty list");
  expect_error(
      [&] {
        static_cast<void>(stack({zeros({2}), zeros({3})}));
      },
      "stack: shapes {2} and {3} differ");
}

BOOST_AUTO_TEST_CASE(an_empty_1d_tensor_joins_anything_and_gets_a_gradient) {
  const Tensor a = zeros({0}, {.requires_grad = true}), b = ones({2, 2}, {.requires_grad = true});
  cat({a, b}).sum().backward();
  BOOST_TEST(a.grad().shape() == Shape{0});
  BOOST_TEST(b.grad().sum().item() == 4.0);
}

BOOST_AUTO_TEST_CASE(contiguous_gives_the_tensor_itself_where_it_can) {
  const Tensor x = two_by_three();
  BOOST_TEST(x.contiguous().is_same(x));
  BOOST_TEST(!shares_storage(x.clone(), x));
  BOOST_TEST(x.t().contiguous().is_contiguous());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
