// Queries, keys and values as heads, beside the slices, reshapes and transposes that they stand for.
#include "autograd/graph/backward.hpp"
#include "autograd/ops/detail/attention.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

std::array<Tensor, 3> by_slices(const Tensor& x, std::int64_t heads, bool batch_first) {
  std::array<Tensor, 3> parts;
  const std::int64_t width = x.size(2) / 3;
  for (std::int64_t i = 0; i < 3; ++i) {
    const Tensor part = narrow(x, 2, i * width, width).reshape({x.size(0), x.size(1), heads, width / heads});
    parts[static_cast<std::size_t>(i)] =
        batch_first ? part.permute({0, 2, 1, 3}) : part.permute({1, 2, 0, 3});
  }
  return parts;
}

/// A sum in which each of the three counts in its own way.
Tensor total(const std::array<Tensor, 3>& parts) {
  return sum(parts[0] * sin(parts[1]) + square(parts[2]) * parts[0]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_heads)

BOOST_AUTO_TEST_CASE(heads_are_slices_and_so_are_their_gradients) {
  manual_seed(3);
  for (const bool batch_first : {true, false}) {
    const Tensor x = randn({4, 5, 18}, {.dtype = kFloat64}).requires_grad_();
    const std::array<Tensor, 3> parts = detail::split_heads(x, 2, batch_first),
                                expected = by_slices(x, 2, batch_first);
    for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(equal(parts[i], expected[i]));
    const Tensor g = grad({total(parts)}, {x})[0];
    BOOST_TEST(equal(g, grad({total(expected)}, {x})[0]));
  }
}

BOOST_AUTO_TEST_CASE(heads_that_nobody_uses_have_gradients_of_zero) {
  const Tensor x = ones({2, 3, 12}, {.dtype = kFloat64}).requires_grad_();
  sum(detail::split_heads(x, 2, true)[1]).backward();
  BOOST_TEST(equal(x.grad(), cat({zeros({2, 3, 4}), ones({2, 3, 4}), zeros({2, 3, 4})}, 2).to(kFloat64)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
