// Memory in which the ranks of a machine read and write: what they see of each other, and how long it lives.
#include "distributed/detail/shared_memory.hpp"

#include "autograd/ops/create.hpp"
#include "distributed/detail/engine.hpp"
#include "distributed/reducer.hpp"
#include "nn/layers/linear.hpp"
#include "tests/distributed/world_of_tests.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using distributed::detail::SharedMemory;

SharedMemory& memory() { return distributed::engine_of(world()).channel().memory(); }

bool reaches_somebody() {
  for (int peer = 0; peer < world().size(); ++peer)
    if (memory().reaches(peer)) return true;
  return false;
}

/// {ranks}: what each of them gives.
Tensor told_by_all(std::int64_t value) {
  const Tensor all = zeros({world().size()}, {.dtype = kInt64});
  all[world().rank()].fill_(static_cast<double>(value));
  return world().all_reduce(all);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(distributed_shared_memory)

BOOST_AUTO_TEST_CASE(ranks_read_and_write_where_another_has_allocated) {
  const Tensor own = memory().allocate(1000, kFloat64);
  BOOST_TEST(own.defined() == reaches_somebody());
  if (own.defined()) own.fill_(world().rank());
  const Tensor places = told_by_all(own.defined() ? memory().place_of(own) : SharedMemory::kElsewhere);
  const int next = (world().rank() + 1) % world().size();
  if (memory().reaches(next)) {
    const Tensor theirs = memory().at(next, places[next].item<std::int64_t>(), 1000, kFloat64);
    expect_values(theirs.mean(), {static_cast<double>(next)});
    world().barrier();
    theirs.fill_(100 + next);
  } else {
    world().barrier();
  }
  world().barrier();
  const int before = (world().rank() + world().size() - 1) % world().size();
  if (memory().reaches(before)) expect_values(own.mean(), {100.0 + world().rank()});
}

BOOST_AUTO_TEST_CASE(a_rank_is_reached_by_those_that_it_reaches) {
  BOOST_TEST(!memory().reaches(world().rank()));
  for (int rank = 0; rank < world().size(); ++rank) {
    const Tensor reach_it = told_by_all(memory().reaches(rank) ? 1 : 0);
    if (rank != world().rank()) continue;
    for (int peer = 0; peer < world().size(); ++peer)
      BOOST_TEST((reach_it[peer].item<std::int64_t>() == 1) == memory().reaches(peer));
  }
}

BOOST_AUTO_TEST_CASE(memory_is_given_out_again) {
  if (!reaches_somebody()) return;
  Tensor a = memory().allocate(5000, kFloat32);
  const Tensor b = memory().allocate(5000, kFloat32);
  BOOST_TEST(a.raw() != b.raw());
  const std::byte* const place = a.raw();
  a = {};
  BOOST_TEST(memory().allocate(3000, kFloat32).raw() != place);  // a smaller block
  BOOST_TEST(memory().allocate(4097, kFloat32).raw() == place);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_not_given) {
  BOOST_TEST(!memory().allocate(std::int64_t{1} << 50, kFloat64).defined());
  BOOST_TEST(memory().place_of(zeros({3})) == SharedMemory::kElsewhere);
  BOOST_TEST(memory().place_of(zeros({0})) == SharedMemory::kElsewhere);
}

BOOST_AUTO_TEST_CASE(a_rank_whose_memory_is_full_sends_messages) {
  std::vector<Tensor> held;
  if (world().rank() == 0) {
    for (std::int64_t size = std::int64_t{1} << 50; size > 0;) {
      const Tensor block = memory().allocate(size, kUInt8);
      if (block.defined())
        held.push_back(block);
      else
        size /= 2;
    }
  }
  const std::int64_t many = 100'000;
  for (const double rank_again : {0.0, 1.0}) {
    const Tensor x = full({many}, world().rank() + rank_again, {.dtype = kFloat64});
    const double size = world().size();
    expect_values(world().all_reduce(x).mean(), {size * (size - 1) / 2 + size * rank_again});
    held.clear();  // and shares again
  }
}

BOOST_AUTO_TEST_CASE(tensors_outlive_their_world) {
  Tensor kept;
  {
    distributed::World second;
    kept = distributed::engine_of(second).allocate(10, kFloat32);
    kept.fill_(3);
    second.barrier();
  }
  kept.add_(1);
  expect_values(kept, std::vector<double>(10, 4));
}

BOOST_AUTO_TEST_CASE(gradients_are_not_copied_out_of_their_bucket) {
  nn::Linear model(3, 2);
  const distributed::Reducer reducer(world(), model);
  for (int step = 0; step < 3; ++step) {
    model.zero_grad();
    model(ones({1, 3})).sum().backward();
  }
  for (const Tensor& p : model.parameters())
    BOOST_TEST((memory().place_of(p.grad()) != SharedMemory::kElsewhere) == reaches_somebody());
}

BOOST_AUTO_TEST_CASE(gradients_that_are_kept_are_not_overwritten) {
  nn::Linear model(3, 2);
  const distributed::Reducer reducer(world(), model);
  const auto gradient_for = [&](double value) {
    model.zero_grad();
    model(full({1, 3}, value)).sum().backward();
    return model.weight().grad();
  };
  gradient_for(7);
  const Tensor first = gradient_for(1), second = gradient_for(2);
  expect_values(first, std::vector<double>(6, 1));
  expect_values(second, std::vector<double>(6, 2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
