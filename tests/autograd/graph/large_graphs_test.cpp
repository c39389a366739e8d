// Graphs as deep as training loops are long: nothing recurses, neither in the replay nor in a destructor.
#include "autograd/base/storage.hpp"
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

constexpr int kDepth = 1'000'000;

Tensor leaf(double value) { return tensor(value, {.dtype = kFloat64, .requires_grad = true}); }

/// Gives the memory of a large graph back, so that the next test starts small.
struct Trim {
  ~Trim() { detail::pool::empty_cache(); }
};

Tensor chain_of_sums(const Tensor& x, int depth) {
  Tensor y = x;
  for (int i = 0; i < depth; ++i) y = i % 2 == 0 ? y + x : -y;
  return y;
}

/// Like chain_of_sums, but every op saves its input.
Tensor chain_of_products(const Tensor& x, int depth) {
  Tensor y = x;
  for (int i = 0; i < depth; ++i) y = y * x;
  return y;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(large_graphs, Trim)

BOOST_AUTO_TEST_CASE(a_million_chained_ops_are_replayed_and_dropped) {
  const Tensor x = leaf(3);
  const Tensor y = chain_of_sums(x, kDepth);
  y.backward();
  // The pair of ops y -> -(y + x) takes x to -2x, that to x, and so on.
  BOOST_TEST(y.item() == 3);
  BOOST_TEST(x.grad().item() == 1);
}

BOOST_AUTO_TEST_CASE(a_million_chained_ops_are_dropped_without_a_replay) {
  const Tensor x = leaf(1);
  { const Tensor y = chain_of_products(x, kDepth); }
  BOOST_TEST(!x.grad().defined());
}

BOOST_AUTO_TEST_CASE(a_million_saved_values_are_replayed) {
  const Tensor x = leaf(1);
  const Tensor y = chain_of_products(x, kDepth);
  y.backward();
  BOOST_TEST(x.grad().item() == kDepth + 1);
  BOOST_CHECK_THROW(y.backward(), Error);  // released on the way
}

BOOST_AUTO_TEST_CASE(a_million_views_are_replayed) {
  const Tensor x = leaf(2).reshape({1, 1});
  Tensor y = x;
  for (int i = 0; i < kDepth; ++i) y = y.t();
  BOOST_TEST(grad({sum(y)}, {x})[0].item() == 1);
}

BOOST_AUTO_TEST_CASE(a_long_chain_of_in_place_ops_is_replayed) {
  const Tensor x = leaf(2);
  const Tensor y = x * 1;
  for (int i = 0; i < 100'000; ++i) y += x;
  y.backward();
  BOOST_TEST(x.grad().item() == 100'001);
}

BOOST_AUTO_TEST_CASE(a_deep_graph_has_a_second_derivative) {
  const Tensor x = leaf(1);
  const int depth = 50'000;
  const Tensor gx = grad({chain_of_products(x, depth)}, {x}, {.create_graph = true})[0];
  BOOST_TEST(gx.item() == depth + 1.0);
  BOOST_TEST(grad({gx}, {x})[0].item() == (depth + 1.0) * depth);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_parts_meet_in_one_op) {
  const Tensor x = ones({100, 1000}, {.dtype = kFloat64, .requires_grad = true});
  std::vector<Tensor> parts;
  for (const Tensor& row : x.unbind(0)) {
    for (const Tensor& element : row.unbind(0)) parts.push_back(element * 2);
  }
  sum(stack(parts)).backward();
  BOOST_TEST(sum(x.grad()).item() == 200'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
