// The parts of an epoch that several processes take, which one process can look at.
#include "datasets/distributed_sampler.hpp"

#include <algorithm>
#include <set>

#include "autograd/ops/create.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using datasets::DistributedSampler;
using Indices = std::vector<std::int64_t>;

Indices drawn(const DistributedSampler& sampler, std::uint64_t state = 5) {
  Generator generator(state);
  const Indices indices = sampler.indices(generator);
  BOOST_TEST(std::ssize(indices) == sampler.size());
  return indices;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_distributed_sampler)

BOOST_AUTO_TEST_CASE(ranks_take_turns) {  // as torch.utils.data.DistributedSampler(shuffle=False)
  const auto part = [](int rank, bool drop_last) {
    return drawn(DistributedSampler(7, rank, 3, {.shuffle = false, .drop_last = drop_last}));
  };
  BOOST_TEST(part(0, false) == (Indices{0, 3, 6}));
  BOOST_TEST(part(1, false) == (Indices{1, 4, 0}));
  BOOST_TEST(part(2, false) == (Indices{2, 5, 1}));
  BOOST_TEST(part(0, true) == (Indices{0, 3}));
  BOOST_TEST(part(2, true) == (Indices{2, 5}));
  BOOST_TEST(drawn(DistributedSampler(2, 4, 5, {.shuffle = false})) == Indices{0});
}

BOOST_AUTO_TEST_CASE(together_they_take_every_example_once_in_another_order_each_epoch) {
  std::vector<Indices> epochs;
  for (const std::uint64_t state : {1, 2}) {
    Indices& all = epochs.emplace_back();
    for (int rank = 0; rank < 4; ++rank) {
      const Indices part = drawn(DistributedSampler(20, rank, 4), state);
      all.insert(all.end(), part.begin(), part.end());
    }
    BOOST_TEST(std::set<std::int64_t>(all.begin(), all.end()).size() == 20);
  }
  BOOST_TEST(epochs[0] != epochs[1]);
  BOOST_TEST(drawn(DistributedSampler(20, 0, 2, {.seed = 1})) != drawn(DistributedSampler(20, 0, 2)));
}

BOOST_AUTO_TEST_CASE(a_set_epoch_makes_the_order_independent_of_the_generator_for_copies_too) {
  const DistributedSampler sampler(20, 1, 2);
  const DistributedSampler copy = sampler;
  sampler.set_epoch(3);
  const Indices third = drawn(copy, 1);
  BOOST_TEST(drawn(copy, 2) == third);
  sampler.set_epoch(4);
  BOOST_TEST(drawn(copy, 2) != third);
}

BOOST_AUTO_TEST_CASE(a_loader_takes_it) {
  const datasets::TensorDataset data(arange(10), arange(10));
  std::multiset<std::int64_t> seen;
  for (int rank = 0; rank < 2; ++rank) {
    Generator generator(9);
    const datasets::DataLoader loader(
        data, {.batch_size = 2, .sampler = DistributedSampler(data, rank, 2), .generator = &generator});
    BOOST_TEST(loader.size() == 3);
    for (const auto& [x, y] : loader) {
      for (const std::int64_t value : x.to_vector<std::int64_t>()) seen.insert(value);
    }
  }
  BOOST_TEST(seen == (std::multiset<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

BOOST_AUTO_TEST_CASE(ranks_that_are_none_are_refused) {
  expect_error([] { DistributedSampler(5, 2, 2); },
               "DistributedSampler: rank 2 of 2; expected a rank from 0 on");
  expect_error([] { DistributedSampler(5, -1, 2); }, "DistributedSampler: rank -1 of 2");
  expect_error([] { DistributedSampler(0, 0, 1); }, "DistributedSampler: the number of examples is 0");
  expect_error([] { DistributedSampler(5, 0, 1).set_epoch(-1); }, "DistributedSampler: epoch is -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
