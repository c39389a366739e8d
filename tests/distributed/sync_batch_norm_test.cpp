// SyncBatchNorm against the batch norm of all ranks' batches joined: values, state, gradients of orders 1
// and 2.
#include "distributed/sync_batch_norm.hpp"

#include "autograd/graph/backward.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/elementwise.hpp"
#include "autograd/ops/join.hpp"
#include "autograd/ops/normalization.hpp"
#include "autograd/ops/random.hpp"
#include "autograd/ops/reduce.hpp"
#include "tests/distributed/world_of_tests.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// Ranks have batches of other sizes.
Tensor part(int rank, const Shape& rest) {
  Generator generator(static_cast<std::uint64_t>(rank + 20));
  Shape shape{rank + 2};
  for (const std::int64_t size : rest) shape.push_back(size);
  return randn(shape, {.dtype = kFloat64, .generator = &generator}) * 2 + 1;
}

struct Case {
  Tensor joined;             // of all ranks
  std::int64_t begin, size;  // this rank's part of it
};

Case joined(const Shape& rest) {
  std::vector<Tensor> parts;
  Case c{.joined = {}, .begin = 0, .size = world().rank() + 2};
  for (int rank = 0; rank < world().size(); ++rank) {
    if (rank < world().rank()) c.begin += rank + 2;
    parts.push_back(part(rank, rest));
  }
  c.joined = cat(parts, 0);
  return c;
}

/// A loss that is not symmetric, and its gradients of both orders with respect to x.
struct Results {
  Tensor y, gx, gw, gxx;
};

template <class Norm>
Results results(Norm& norm, const Tensor& values, const Tensor& factor, bool sums_weight) {
  const Tensor x = values.clone().requires_grad_();
  const Tensor y = norm(x);
  const Tensor loss = sum(y * y * y * factor);
  const std::vector<Tensor> first = grad({loss}, {x, norm.weight()}, {.create_graph = true});
  const Tensor second = grad({sum(first[0] * first[0] * factor)}, {x})[0];
  Tensor gw = first[1].detach().clone();
  if (sums_weight) world().all_reduce(gw);
  return {y.detach(), first[0].detach(), gw, second};
}

void expect_same(const Tensor& actual, const Tensor& expected) {
  expect_values(actual, expected.to_vector<double>(), 1e-9);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(distributed_sync_batch_norm)

BOOST_AUTO_TEST_CASE(it_is_the_batch_norm_of_the_joined_batch) {
  for (const Shape& rest : {Shape{3}, Shape{3, 4}, Shape{3, 2, 2}}) {
    const Case c = joined(rest);
    const nn::BatchNormOptions options{.dtype = kFloat64};
    distributed::SyncBatchNorm sync(world(), 3, options);
    const Tensor factor = sin(c.joined) + 2;
    const auto own = [&](const Tensor& x) { return x.narrow(0, c.begin, c.size); };
    const Results got = results(sync, own(c.joined), own(factor), true);

    struct Joined {
      Tensor mean, var, w, b;
      const Tensor& weight() const { return w; }
      Tensor operator()(const Tensor& x) const { return batch_norm(x, mean, var, w, b, {.training = true}); }
    } whole{zeros({3}, {.dtype = kFloat64}), ones({3}, {.dtype = kFloat64}),
            ones({3}, {.dtype = kFloat64, .requires_grad = true}), zeros({3}, {.dtype = kFloat64})};
    const Results expected = results(whole, c.joined, factor, false);
    expect_same(got.y, own(expected.y));
    expect_same(got.gx, own(expected.gx));
    expect_same(got.gw, expected.gw);
    expect_same(got.gxx, own(expected.gxx));
    expect_same(sync.running_mean(), whole.mean);
    expect_same(sync.running_var(), whole.var);
    expect_values(sync.num_batches_tracked(), {1});

    sync.eval();
    const Tensor x = own(c.joined);
    expect_same(sync(x), batch_norm(x, whole.mean, whole.var));
  }
}

BOOST_AUTO_TEST_CASE(wrong_inputs_are_refused) {
  distributed::SyncBatchNorm norm(world(), 3);
  expect_error([&] { norm(zeros({2, 4})); }, "SyncBatchNorm: x {2, 4} has 4 channels; expected 3");
  expect_error([&] { norm(zeros({3})); }, "SyncBatchNorm: expected {N, C, ...}, got {3}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
