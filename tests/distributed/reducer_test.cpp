// A Reducer's gradients against those of one process that takes all batches.
#include "distributed/reducer.hpp"

#include "autograd/graph/backward.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/random.hpp"
#include "nn/layers/activation.hpp"
#include "nn/layers/linear.hpp"
#include "nn/losses/regression.hpp"
#include "nn/module/clone.hpp"
#include "nn/module/sequential.hpp"
#include "nn/optim/sgd.hpp"
#include "nn/train/gradient_accumulator.hpp"
#include "tests/distributed/world_of_tests.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using distributed::Reducer;
using distributed::ReducerOptions;

struct Batch {
  Tensor x, y;
};

Batch batch(std::int64_t number, std::int64_t size = 5) {
  Generator generator(static_cast<std::uint64_t>(1000 + number));
  return {randn({size, 4}, {.generator = &generator}), randn({size, 3}, {.generator = &generator})};
}

nn::Sequential net() {
  Generator generator(7);
  nn::Sequential model{nn::Linear(4, 40), nn::ReLU(), nn::Linear(40, 30), nn::ReLU(), nn::Linear(30, 3)};
  const NoGradGuard no_grad;
  for (const Tensor& p : model.parameters()) p.normal_(0, 0.3, &generator);
  return model;
}

void step(nn::Sequential& model, const Batch& of) { nn::mse_loss(model(of.x), of.y).backward(); }

/// What one process makes of a step's batches.
class Alone {
 public:
  explicit Alone(nn::Sequential& model) : model_(model), sum_(model.parameters()) {}
  void add(const Batch& of, double weight = 1) {
    if (sum_.size() == 0) model_.zero_grad();
    step(model_, of);
    sum_.add(weight);
  }
  void finish() { sum_.finish(); }

 private:
  nn::Sequential& model_;
  nn::GradientAccumulator sum_;
};

/// Both have the same parameters and gradients, bit for bit.
void expect_equal(const nn::Sequential& a, const nn::Sequential& b) {
  const auto p = a.named_parameters(), q = b.named_parameters();
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto& [name, x] = p[i];
    const Tensor y = q[i].value();
    BOOST_TEST(same_bits(x, y), name);
    BOOST_REQUIRE_MESSAGE(x.grad().defined() == y.grad().defined(), name);
    if (x.grad().defined()) BOOST_TEST(same_bits(x.grad(), y.grad()), "the gradient of " << name);
  }
}

/// Frozen parts, and parts that are used by some ranks only.
struct Branches : nn::Module {
  nn::Linear a{register_module("a", nn::Linear(4, 3))}, b{register_module("b", nn::Linear(4, 3))},
      c{register_module("c", nn::Linear(4, 3))};
  bool uses_b = true;

  Tensor forward(const Tensor& x) override { return uses_b ? a(x) + b(x) : a(x); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(distributed_reducer)

BOOST_AUTO_TEST_CASE(training_has_the_bits_of_one_process_with_accumulated_batches) {
  const ReducerOptions all_options[] = {{},
                                        {.bucket_bytes = 400, .first_bucket_bytes = 1},
                                        {.bucket_bytes = 400, .first_bucket_bytes = 1, .overlap = false}};
  for (const ReducerOptions& options : all_options) {
    nn::Sequential together = net(), alone = net();
    const Reducer reducer(world(), together, options);
    optim::SGD own(together.parameters(), {.lr = 0.1, .momentum = 0.9}),
        expected(alone.parameters(), {.lr = 0.1, .momentum = 0.9});
    Alone sum(alone);
    for (int i = 0; i < 5; ++i) {
      own.zero_grad();
      step(together, batch(i * world().size() + world().rank()));
      for (int rank = 0; rank < world().size(); ++rank) {
        sum.add(batch(i * world().size() + rank));
      }
      sum.finish();
      expect_equal(together, alone);
      own.step();
      expected.step();
    }
    expect_equal(together, alone);
  }
}

BOOST_AUTO_TEST_CASE(all_ranks_begin_with_what_rank_0_has) {
  nn::Sequential model = net();
  {
    const NoGradGuard no_grad;
    for (const Tensor& p : model.parameters()) p.add_(world().rank());
  }
  const Reducer reducer(world(), model);
  expect_equal(model, net());
}

BOOST_AUTO_TEST_CASE(a_smaller_batch_weighs_less_and_a_rank_may_have_none) {
  for (int with_batch = 1; with_batch <= world().size(); ++with_batch) {
    nn::Sequential together = net(), alone = net();
    Reducer reducer(world(), together, {.bucket_bytes = 400});
    Alone sum(alone);
    for (int i = 0; i < 3; ++i) {
      const auto weight_of = [&](int rank) { return rank == with_batch - 1 ? 0.6 : 1.0; };
      together.zero_grad();
      const int rank = world().rank();
      const double weight = weight_of(rank);
      if (rank < with_batch) {
        reducer.set_share({.batches = weight == 1, .rest = weight == 1 ? 0 : weight, .notes = {10.0 + rank}});
        step(together, batch(rank, weight == 1 ? 5 : 3));
      } else {
        reducer.set_share({.batches = 0, .notes = {-1}});
        reducer.average();
      }
      for (int each = 0; each < with_batch; ++each) {
        sum.add(batch(each, weight_of(each) == 1 ? 5 : 3), weight_of(each));
      }
      sum.finish();
      expect_equal(together, alone);
      if (world().size() == 1) continue;
      BOOST_REQUIRE(std::ssize(reducer.shares()) == world().size());
      for (int each = 0; each < world().size(); ++each) {
        const distributed::Share& share = reducer.shares()[static_cast<std::size_t>(each)];
        BOOST_TEST(share.notes == std::vector<double>{each < with_batch ? 10.0 + each : -1});
        BOOST_TEST(share.batches == (each < with_batch - 1 ? 1 : 0));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(several_replays_under_no_sync_are_averaged_once) {
  nn::Sequential together = net(), alone = net();
  Reducer reducer(world(), together);
  Alone sum(alone);
  for (int i = 0; i < 2; ++i) {
    together.zero_grad();
    {
      const distributed::NoSync no_sync(reducer);
      for (int j = 0; j < 2; ++j) step(together, batch(2 * world().rank() + j));
    }
    nn::Sequential own = net();
    for (int j = 0; j < 2; ++j) step(own, batch(2 * world().rank() + j));
    expect_equal(together, own);
    reducer.set_share({.batches = 2});
    reducer.average();
    if (world().size() == 1) continue;
    for (int each = 0; each < 2 * world().size(); ++each) sum.add(batch(each));
    sum.finish();
    expect_equal(together, alone);
  }
}

BOOST_AUTO_TEST_CASE(parameters_that_some_ranks_do_not_use_count_as_0_there) {
  if (world().size() == 1) return;
  Branches model, alone;
  model.a.requires_grad_(false);
  Reducer reducer(world(), model, {.first_bucket_bytes = 1});
  alone.load_state_dict(model.state_dict());
  for (int i = 0; i < 3; ++i) {  // the first step sees other parameters than the later ones
    const auto uses_b = [&](int rank) { return i == 0 ? rank != 0 : rank == 0; };
    model.zero_grad();
    alone.zero_grad();
    model.uses_b = uses_b(world().rank());
    const Batch own = batch(world().rank());
    if (model.uses_b)
      nn::mse_loss(model(own.x), own.y).backward();
    else
      const_cast<Reducer&>(reducer).average();
    Tensor expected;
    for (int rank = 0; rank < world().size(); ++rank) {
      if (!uses_b(rank)) continue;
      const Batch of = batch(rank);
      nn::mse_loss(alone(of.x), of.y).backward();
    }
    BOOST_TEST(!model.a.weight().grad().defined());
    BOOST_TEST(!model.c.weight().grad().defined());
    expect_values(model.b.weight().grad(), (alone.b.weight().grad() / world().size()).to_vector<double>());
  }
}

BOOST_AUTO_TEST_CASE(models_that_differ_are_an_error_on_every_rank) {
  if (world().size() == 1) return;
  const bool is_last = world().rank() == world().size() - 1;
  const std::string last = fmt::format("rank {}", world().size() - 1);
  const auto refused = [&](nn::Sequential model, const ReducerOptions& options = {}) {
    return error_of([&] { Reducer(world(), model, options); });
  };
  BOOST_TEST(refused({nn::Linear(4, is_last ? 5 : 3)}) ==
             "Reducer: the models of the ranks differ: rank 0 has parameter 0: 0.weight float32 {3, 4}; " +
                 last + " has parameter 0: 0.weight float32 {5, 4}");
  BOOST_TEST(refused({nn::Linear(4, 3, {.bias = !is_last})}) ==
             "Reducer: the models of the ranks differ: rank 0 has parameter 1: 0.bias float32 {3}; " + last +
                 " has nothing more");
  nn::Sequential converted{nn::Linear(4, 3)};
  if (is_last) converted.to(kFloat64);
  BOOST_TEST(refused(converted) ==
             "Reducer: the models of the ranks differ: rank 0 has parameter 0: 0.weight float32 {3, 4}; " +
                 last + " has parameter 0: 0.weight float64 {3, 4}");
  nn::Sequential frozen{nn::Linear(4, 3)};
  if (is_last) frozen.requires_grad_(false);
  BOOST_TEST(refused(frozen).find("{3, 4}, frozen") != std::string::npos);
  BOOST_TEST(refused(net(), {.bucket_bytes = is_last ? 1 : 2}).find("buckets of 2 bytes") !=
             std::string::npos);
  world().barrier();  // and the world is as it was
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused) {
  nn::Sequential model = net();
  expect_error([&] { Reducer(world(), model, {.bucket_bytes = 0}); }, "Reducer: bucket_bytes is 0");
  Reducer reducer(world(), model);
  expect_error([&] { reducer.set_share({.batches = -1}); }, "Reducer: a share of -1 batches");
}

BOOST_AUTO_TEST_CASE(both_float_dtypes_in_one_model) {
  nn::Sequential together = net(), alone = net();
  together[2].to(kFloat64);
  alone[2].to(kFloat64);
  const auto loss_of = [](nn::Sequential& model, const Batch& of) {
    const Tensor h = model[1](model[0](of.x)).to(kFloat64);
    return nn::mse_loss(model[4](model[2](h).to(kFloat32)), of.y);
  };
  const Reducer reducer(world(), together);
  nn::GradientAccumulator sum(alone.parameters());
  for (int i = 0; i < 2; ++i) {
    together.zero_grad();
    alone.zero_grad();
    loss_of(together, batch(world().rank())).backward();
    for (int rank = 0; rank < world().size(); ++rank) {
      loss_of(alone, batch(rank)).backward();
      sum.add();
    }
    sum.finish();
    expect_equal(together, alone);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
