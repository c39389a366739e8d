// Scans and ranks of inputs that are larger than those of the cases and golden files.
#include <algorithm>

#include "autograd/tensor/results.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor random(const Shape& shape) {
  Generator generator(5);
  return randn(shape, {.generator = &generator});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_order)

BOOST_AUTO_TEST_CASE(rows_are_scanned_as_columns_are) {
  const Tensor x = random({19, 33});
  const auto along_both = [&](const auto& scan) {
    BOOST_TEST(equal(scan(x, 1), scan(x.t().contiguous(), 0).t()));
  };
  along_both([](const Tensor& a, int dim) { return cumsum(a, dim); });
  along_both([](const Tensor& a, int dim) { return cumprod(a, dim); });
  along_both([](const Tensor& a, int dim) { return logcumsumexp(a, dim); });
  along_both([](const Tensor& a, int dim) { return cummax(a, dim).values; });
  along_both([](const Tensor& a, int dim) {
    const Tensor leaf = a.clone().requires_grad_();
    cumprod(leaf, dim).sum().backward();
    return leaf.grad();
  });
}

BOOST_AUTO_TEST_CASE(every_rank_is_what_sorting_says) {
  for (const std::int64_t n : {100, 1001, 5000}) {
    const Tensor distinct = random({n}), tied = (distinct * 3).to(kInt64).to(kFloat32);
    for (const Tensor& x : {distinct, tied, tied.to(kInt64), zeros({n}), sort(distinct).values}) {
      const Tensor sorted = sort(x).values;
      for (const std::int64_t k : {std::int64_t{1}, n / 7, n / 2, n - 1, n}) {
        const auto [value, index] = x.kthvalue(k);
        BOOST_TEST(value.item() == sorted[k - 1].item());
        BOOST_TEST(x[index.item<std::int64_t>()].item() == value.item());
      }
      BOOST_TEST(median(x).item() == sorted[(n - 1) / 2].item());
    }
  }
}

BOOST_AUTO_TEST_CASE(products_in_place_leave_what_the_backward_reads) {
  const Tensor x = tensor({2.0, 3.0, 4.0}, {.requires_grad = true}), y = x * 1;
  y.cumprod_(0);
  y.cumsum_(0);
  expect_values(y, {2, 8, 32});
  y.sum().backward();
  // 3 x0 + 2 x0 x1 + x0 x1 x2
  expect_values(x.grad(), {3 + 2 * 3 + 12, 2 * 2 + 8, 6});
}

BOOST_AUTO_TEST_CASE(errors_say_what_came_and_what_would_fit) {
  const Tensor x = rand({2, 3});
  expect_error([&] { static_cast<void>(x.kthvalue(4)); },
               "kthvalue: k = 4 is out of range for dim 1 of size 3");
  expect_error([&] { static_cast<void>(x.quantile(1.5)); },
               "quantile: q reaches from 1.5 to 1.5; expected numbers in [0, 1]");
  expect_error([&] { static_cast<void>(x.quantile(0.5, 0, false, "middle")); },
               "quantile: interpolation is \"middle\"; expected \"linear\"");
  expect_error([&] { static_cast<void>(x.quantile(tensor({0.5}, {.dtype = kFloat64}))); },
               "quantile: q is float64");
  expect_error([&] { static_cast<void>(zeros({0}).median(0)); },
               "median: dim 0 of shape {0} has no elements");
  BOOST_TEST(std::isnan(zeros({0}).median().item()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
