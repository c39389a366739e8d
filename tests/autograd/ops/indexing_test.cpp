// Lookups, sums and sorting beyond the cases of their ops: dtypes, NaN, ties, what is refused.
#include <cmath>

#include "autograd/tensor/tensor.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using Integers = std::vector<std::int64_t>;

Integers integers(const Tensor& x) { return x.to_vector<std::int64_t>(); }

const double kNaN = std::nan("");

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_indexing)

BOOST_AUTO_TEST_CASE(sums_at_an_index_add_repeats_up) {
  BOOST_TEST(integers(index_add(ones({2, 3}), 0, tensor({1, 1}), ones({2, 3}))) ==
             (Integers{1, 1, 1, 3, 3, 3}));
  const Tensor index = tensor({{0, 0}, {1, 2}});
  BOOST_TEST(integers(scatter_add(zeros({2, 3}), 1, index, ones({2, 2}))) == (Integers{2, 0, 0, 0, 1, 1}));
}

BOOST_AUTO_TEST_CASE(scatter_add_reads_the_part_of_the_source_that_the_index_covers) {
  const Tensor source = arange(6, {.dtype = kFloat64}).reshape({2, 3}).requires_grad_();
  const Tensor y = scatter_add(zeros({2, 3}, {.dtype = kFloat64}), 1, tensor({{2}, {0}}), source);
  BOOST_TEST(integers(y) == (Integers{0, 0, 0, 3, 0, 0}));
  y.sum().backward();
  BOOST_TEST(integers(source.grad()) == (Integers{1, 0, 0, 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(an_index_without_elements_takes_nothing_whatever_its_shape) {  // as in PyTorch
  const Tensor x = ones({2, 2}, {.requires_grad = true}), source = ones({3}, {.requires_grad = true});
  const Tensor nothing = zeros({0}, {.dtype = kInt64});
  const Tensor y = gather(x, 0, nothing), z = scatter_add(x, 1, nothing, source);
  BOOST_TEST(y.shape() == Shape{0});
  BOOST_TEST(gather(x, 0, zeros({0, 5, 7}, {.dtype = kInt64})).shape() == Shape(0, 5, 7));
  BOOST_TEST(integers(z) == (Integers{1, 1, 1, 1}));
  (y.sum() + z.sum()).backward();
  BOOST_TEST(integers(x.grad()) == (Integers{1, 1, 1, 1}));
  BOOST_TEST(integers(source.grad()) == (Integers{0, 0, 0}));
  expect_error([&] { static_cast<void>(gather(x, 2, nothing)); }, "gather: dim 2 is out of range");
}

BOOST_AUTO_TEST_CASE(sources_of_another_dtype_or_shape_are_refused) {
  const Tensor x = zeros({2, 3}, {.dtype = kFloat64});
  expect_error([&] { static_cast<void>(scatter_add(x, 0, tensor({{0}}), tensor({{1.0}}))); },
               "scatter_add: the source is float32 and the tensor float64");
  expect_error(
      [&] {
        static_cast<void>(index_add(x, 0, tensor({0, 1}), x[0]));
      },
      "index_add: a source of shape {3} does not fit");
}

BOOST_AUTO_TEST_CASE(one_hot_counts_the_classes_itself) {
  BOOST_TEST(integers(one_hot(tensor({0, 2}))) == (Integers{1, 0, 0, 0, 0, 1}));
  BOOST_TEST(one_hot(tensor(1), 3).shape() == Shape{3});
  expect_error(
      [&] {
        static_cast<void>(one_hot(tensor({0, 2}), 2));
      },
      "one_hot: label 2 at position 1 is not in 0 ... 1");
  expect_error([&] { static_cast<void>(one_hot(tensor({0, -2}))); }, "one_hot: label -2 at position 1");
  expect_error([&] { static_cast<void>(one_hot(zeros({2}))); },
               "one_hot: the labels are float32; expected int64");
  expect_error([&] { static_cast<void>(one_hot(zeros({0}, {.dtype = kInt64}))); },
               "cannot tell the number of classes from no labels");
}

BOOST_AUTO_TEST_CASE(sort_keeps_the_order_of_ties_and_puts_nan_on_the_greatest_side) {
  const Tensor x = tensor({2.0, kNaN, 1.0, 2.0});
  BOOST_TEST(integers(argsort(x)) == (Integers{2, 0, 3, 1}));
  BOOST_TEST(integers(argsort(x, 0, true)) == (Integers{1, 0, 3, 2}));
  BOOST_TEST(integers(topk(x, 2).indices) == (Integers{1, 0}));
  BOOST_TEST(integers(sort(tensor({true, false, true})).values) == (Integers{0, 1, 1}));
}

BOOST_AUTO_TEST_CASE(topk_gives_as_many_as_asked_for) {
  const Tensor x = arange(1000).flip(0);
  BOOST_TEST(integers(topk(x, 3).values) == (Integers{999, 998, 997}));
  BOOST_TEST(integers(topk(x, 3, 0, false).indices) == (Integers{999, 998, 997}));
  BOOST_TEST(topk(x, 0).values.numel() == 0);
  BOOST_TEST(topk(tensor(1.0), 1).values.dim() == 0);
  expect_error([&] { static_cast<void>(topk(x, 1001)); },
               "topk: k = 1001 is out of range for dim 0 of size 1000");
  expect_error([&] { static_cast<void>(topk(x, -1)); }, "topk: k = -1 is negative");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
