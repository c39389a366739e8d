// What the ranks of a world do together: sums of all dtypes, broadcasts, and what is refused.
#include <functional>
#include <limits>

#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/random.hpp"
#include "nn/train/gradient_accumulator.hpp"
#include "tests/distributed/world_of_tests.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using distributed::ReduceOp;

constexpr DType kNumbers[] = {kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat32, kFloat64};

/// What rank `rank` gives; every rank can compute what the others give.
Tensor given(int rank, const Shape& shape, DType dtype) {
  Generator generator(static_cast<std::uint64_t>(100 + rank));
  return randn(shape, {.dtype = dtype, .generator = &generator});
}

/// The sum of all by one process.
Tensor sum_of_all(const Shape& shape, DType dtype) {
  Tensor parameter = zeros(shape, {.dtype = dtype, .requires_grad = true});
  nn::GradientAccumulator sum({parameter});
  for (int rank = 0; rank < world().size(); ++rank) {
    parameter.set_grad(given(rank, shape, dtype));
    sum.add();
  }
  sum.finish();
  return parameter.grad();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(distributed_world)

BOOST_AUTO_TEST_CASE(ranks_count_from_0) {
  BOOST_TEST(world().size() >= 1);
  BOOST_TEST(world().rank() >= 0);
  BOOST_TEST(world().rank() < world().size());
  const Tensor ranks = zeros({world().size()});
  ranks[world().rank()].fill_(1);
  world().all_reduce(ranks);
  expect_values(ranks, std::vector<double>(static_cast<std::size_t>(world().size()), 1));
}

BOOST_AUTO_TEST_CASE(a_view_that_is_not_contiguous_gets_the_result_where_it_stands) {
  const Tensor x = full({2, 3}, world().rank());
  world().all_reduce(x.transpose(0, 1).narrow(0, 0, 2));
  const double sum = world().size() * (world().size() - 1) / 2.0, own = world().rank();
  expect_values(x, {sum, sum, own, sum, sum, own});
  world().broadcast(x.transpose(0, 1), world().size() - 1);
  const double last = world().size() - 1.0;
  expect_values(x, {sum, sum, last, sum, sum, last});
}

BOOST_AUTO_TEST_CASE(what_a_gradient_reads_is_known_to_have_changed) {
  if (world().size() == 1) return;
  const Tensor w = ones({3}, {.requires_grad = true});
  for (const auto& write : {std::function([](const Tensor& x) { world().broadcast(x, 0); }),
                            std::function([](const Tensor& x) { world().all_reduce(x); })}) {
    const Tensor x = ones({3}), y = (w * x).sum();
    write(x);
    expect_error([&] { y.backward(); }, "was changed in place by copy_");
  }
}

BOOST_AUTO_TEST_CASE(a_mean_has_the_bits_of_accumulated_gradients) {
  for (const DType dtype : {kFloat32, kFloat64}) {
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{7}, Shape{33, 5}, Shape{300, 400}, Shape{0, 3}}) {
      const Tensor x = given(world().rank(), shape, dtype);
      const Tensor y = world().all_reduce(x, ReduceOp::avg);
      BOOST_TEST(y.is_same(x));
      BOOST_TEST(same_bits(x, sum_of_all(shape, dtype)), fmt::format("of shape {}", shape));
    }
  }
}

BOOST_AUTO_TEST_CASE(all_dtypes_are_reduced) {
  const int n = world().size(), rank = world().rank();
  double product = 1;
  for (int i = 1; i <= n; ++i) product *= i;
  for (const DType dtype : kNumbers) {
    const auto reduced = [&](ReduceOp op) {
      return world().all_reduce(tensor({rank + 1, 2}, {.dtype = dtype}), op);
    };
    expect_values(reduced(ReduceOp::sum), {n * (n + 1) / 2.0, 2.0 * n});
    expect_values(reduced(ReduceOp::product), {product, std::pow(2.0, n)});
    expect_values(reduced(ReduceOp::min), {1, 2});
    expect_values(reduced(ReduceOp::max), {static_cast<double>(n), 2});
  }
  expect_values(world().all_reduce(tensor({true, rank == 0}), ReduceOp::min), {1, n == 1 ? 1.0 : 0.0});
  expect_values(world().all_reduce(tensor({false, rank == 0}), ReduceOp::max), {0, 1});
}

BOOST_AUTO_TEST_CASE(integers_wrap_around) {
  if (world().size() == 1) return;
  const Tensor x = world().all_reduce(tensor({world().rank() < 2 ? 200 : 0}, {.dtype = kUInt8}));
  expect_values(x, {400 - 256});
}

BOOST_AUTO_TEST_CASE(views_are_written_where_they_stand) {
  const Tensor x = zeros({4, 3}), column = x.select(1, 1);
  const std::uint32_t version = x.version();
  column.fill_(world().rank() + 1);
  world().all_reduce(column, ReduceOp::max);
  expect_values(x.t().select(0, 1), std::vector<double>(4, world().size()));
  expect_values(x.sum(), {4.0 * world().size()});
  BOOST_TEST(x.version() > version);
}

BOOST_AUTO_TEST_CASE(nan_is_never_hidden) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const ReduceOp op : {ReduceOp::sum, ReduceOp::min, ReduceOp::max}) {
    expect_values(world().all_reduce(tensor({world().rank() == 0 ? nan : 1.0}), op), {nan});
  }
}

BOOST_AUTO_TEST_CASE(every_rank_can_broadcast) {
  for (int root = 0; root < world().size(); ++root) {
    for (const DType dtype : {kBool, kUInt8, kInt64, kFloat32, kFloat64}) {
      const Tensor x = full({3, 2}, world().rank() == root ? 1 : 0, {.dtype = dtype});
      BOOST_TEST(world().broadcast(x, root).is_same(x));
      expect_values(x, std::vector<double>(6, 1));
    }
    const Tensor large = given(world().rank(), {1000, 301}, kFloat64);
    world().broadcast(large.t(), root);
    BOOST_TEST(same_bits(large, given(root, {1000, 301}, kFloat64)));
    world().broadcast(zeros({0}), root);
  }
}

BOOST_AUTO_TEST_CASE(leaves_that_require_grad_keep_their_place) {
  const Tensor w = full({2}, world().rank(), {.dtype = kFloat32, .requires_grad = true});
  world().broadcast(w);
  BOOST_TEST(w.is_leaf());
  BOOST_TEST(w.requires_grad());
  expect_values(w, {0, 0});
}

BOOST_AUTO_TEST_CASE(nobody_passes_a_barrier_alone) {
  for (int i = 0; i < 3; ++i) world().barrier();
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_before_a_message_is_sent) {
  expect_error([] { world().all_reduce(Tensor()); }, "all_reduce: the tensor is undefined");
  expect_error([] { world().broadcast(Tensor()); }, "broadcast: the tensor is undefined");
  expect_error([] { world().broadcast(zeros({1}), 99); }, "broadcast: there is no rank 99 among");
  expect_error([] { world().all_reduce(tensor({1}), ReduceOp::avg); },
               "all_reduce: int64 has no avg; expected float32 or float64, or sum");
  expect_error([] { world().all_reduce(tensor({true})); },
               "all_reduce: bool has no sum; expected min or max, or another dtype");
  expect_error([] { distributed::World({.timeout = -1}); }, "World: timeout is -1");
}

BOOST_AUTO_TEST_CASE(a_world_may_come_after_another) {
  distributed::World second;
  BOOST_TEST(second.size() == world().size());
  expect_values(second.all_reduce(ones({1})), {static_cast<double>(second.size())});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
