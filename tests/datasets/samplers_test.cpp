// Samplers: what each draws, and what a DataLoader makes of it.
#include "datasets/samplers.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "autograd/ops/create.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::BatchSampler;
using datasets::DataLoader;
using datasets::RandomSampler;
using datasets::Sampler;
using datasets::SequentialSampler;
using datasets::SubsetRandomSampler;
using datasets::TensorDataset;
using datasets::WeightedRandomSampler;

namespace {

using Indices = std::vector<std::int64_t>;
using Batches = std::vector<Indices>;

TensorDataset counting(std::int64_t n) { return TensorDataset(arange(0, n)); }

Batches epoch(const DataLoader& loader) {
  Batches batches;
  for (const auto& [x, y] : loader) batches.push_back(x.to_vector<std::int64_t>());
  return batches;
}

Indices draw(const Sampler& sampler, std::uint64_t seed = 0) {
  Generator generator(seed);
  return sampler.indices(generator);
}

std::map<std::int64_t, double> shares(const Indices& drawn) {
  std::map<std::int64_t, double> shares;
  for (std::int64_t index : drawn) shares[index] += 1.0 / static_cast<double>(drawn.size());
  return shares;
}

/// The even numbers, the greatest first.
struct Evens : Sampler {
  explicit Evens(std::int64_t n) : n(n) {}
  Indices indices(Generator&) const override {
    Indices evens;
    for (std::int64_t i = n - 1; i >= 0; --i) {
      if (i % 2 == 0) evens.push_back(i);
    }
    return evens;
  }
  std::int64_t n;
};

/// Batches of 1, 2, 3, ... examples.
struct Growing : datasets::SamplerOf<Indices> {
  std::vector<Indices> indices(Generator&) const override { return {{0}, {1, 2}, {3, 4, 5}}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_samplers)

BOOST_AUTO_TEST_CASE(a_sequential_sampler_counts) {
  BOOST_TEST(draw(SequentialSampler(4)) == (Indices{0, 1, 2, 3}));
  BOOST_TEST(SequentialSampler(counting(3)).size() == 3);
}

BOOST_AUTO_TEST_CASE(a_random_sampler_permutes) {
  const RandomSampler sampler(counting(100));
  const Indices drawn = draw(sampler);
  BOOST_TEST(std::set(drawn.begin(), drawn.end()).size() == 100U);
  BOOST_TEST(drawn.size() == 100U);
  BOOST_TEST((drawn == draw(sampler)));
  BOOST_TEST((drawn != draw(sampler, 1)));
  Generator generator(0);
  BOOST_TEST((drawn == randperm(100, {.generator = &generator}).to_vector<std::int64_t>()));
}

BOOST_AUTO_TEST_CASE(more_samples_than_examples_are_permutations_one_after_the_other) {
  const Indices drawn = draw(RandomSampler(4, {.num_samples = 10}));
  BOOST_TEST(drawn.size() == 10U);
  for (std::ptrdiff_t first : {0, 4}) {
    BOOST_TEST(std::set(drawn.begin() + first, drawn.begin() + first + 4).size() == 4U);
  }
  BOOST_TEST(std::set(drawn.begin() + 8, drawn.end()).size() == 2U);
  const Indices few = draw(RandomSampler(100, {.num_samples = 10}));
  BOOST_TEST(std::set(few.begin(), few.end()).size() == 10U);
}

BOOST_AUTO_TEST_CASE(with_replacement_each_sample_is_drawn_apart) {
  const Indices drawn = draw(RandomSampler(4, {.replacement = true, .num_samples = 40'000}));
  for (const auto& [index, share] : shares(drawn)) BOOST_TEST(std::abs(share - 0.25) < 0.015);
  BOOST_TEST(draw(RandomSampler(50, {.replacement = true})).size() == 50U);
}

BOOST_AUTO_TEST_CASE(a_weighted_sampler_draws_by_the_weights) {
  const Indices drawn = draw(WeightedRandomSampler({0, 1, 2, 0, 5, 0}, 80'000));
  const auto share = shares(drawn);
  BOOST_TEST(share.size() == 3U);  // never a weight of 0
  BOOST_TEST(std::abs(share.at(1) - 1.0 / 8) < 0.01);
  BOOST_TEST(std::abs(share.at(2) - 2.0 / 8) < 0.01);
  BOOST_TEST(std::abs(share.at(4) - 5.0 / 8) < 0.01);
}

BOOST_AUTO_TEST_CASE(without_replacement_the_rest_is_drawn_by_the_weights_that_are_left) {
  std::map<std::pair<std::int64_t, std::int64_t>, int> seen;
  constexpr int kDraws = 40'000;
  const WeightedRandomSampler sampler({1, 2, 5}, 2, {.replacement = false});
  for (int i = 0; i < kDraws; ++i) {
    const Indices drawn = draw(sampler, static_cast<std::uint64_t>(i));
    ++seen[{drawn[0], drawn[1]}];
  }
  const double weights[] = {1, 2, 5};
  for (const auto& [pair, count] : seen) {
    const double first = weights[pair.first], second = weights[pair.second];
    BOOST_TEST(pair.first != pair.second);
    BOOST_TEST(std::abs(count / double(kDraws) - first / 8 * second / (8 - first)) < 0.01);
  }
  const Indices all = draw(WeightedRandomSampler({1, 0, 1e-30, 1e30}, 3, false));
  BOOST_TEST((std::set(all.begin(), all.end()) == std::set<std::int64_t>{0, 2, 3}));
}

BOOST_AUTO_TEST_CASE(weights_are_numbers_of_any_kind) {
  const Indices drawn = draw(WeightedRandomSampler(std::vector<double>{1, 2, 5}, 20));
  BOOST_TEST(draw(WeightedRandomSampler(tensor({1.0, 2.0, 5.0}), 20)) == drawn);
  BOOST_TEST(draw(WeightedRandomSampler(tensor({1, 2, 5}), 20, {.replacement = true})) == drawn);
  BOOST_TEST(draw(WeightedRandomSampler(std::vector<float>{1, 2, 5}, 20, true)) == drawn);
  BOOST_TEST(draw(WeightedRandomSampler({1, 2, 5}, 20, {})) == drawn);
}

BOOST_AUTO_TEST_CASE(a_subset_is_shuffled) {
  const Indices subset{3, 1, 4, 7, 5};
  for (const SubsetRandomSampler& sampler :
       {SubsetRandomSampler(subset), SubsetRandomSampler({3, 1, 4, 7, 5}),
        SubsetRandomSampler(std::vector<int>{3, 1, 4, 7, 5}), SubsetRandomSampler(tensor({3, 1, 4, 7, 5}))}) {
    const Indices drawn = draw(sampler);
    BOOST_TEST(std::ranges::is_permutation(drawn, subset));
    BOOST_TEST(sampler.size() == 5);
    BOOST_TEST((draw(sampler, 1) != drawn));
  }
}

BOOST_AUTO_TEST_CASE(a_batch_sampler_cuts_what_another_gives) {
  Generator generator(0);
  const BatchSampler whole(SequentialSampler(7), 3), even(SequentialSampler(7), 3, true);
  BOOST_TEST((whole.indices(generator) == Batches{{0, 1, 2}, {3, 4, 5}, {6}}));
  BOOST_TEST((even.indices(generator) == Batches{{0, 1, 2}, {3, 4, 5}}));
  BOOST_TEST(whole.size() == 3);
  BOOST_TEST(even.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_loader_follows_its_sampler) {
  const DataLoader weighted(counting(3),
                            {.batch_size = 4, .sampler = WeightedRandomSampler(tensor({0.0, 1.0, 0.0}), 6)});
  BOOST_TEST((epoch(weighted) == Batches{{1, 1, 1, 1}, {1, 1}}));
  BOOST_TEST(weighted.size() == 2);
  const DataLoader own(counting(7), {.batch_size = 3, .sampler = Evens(7), .drop_last = true});
  BOOST_TEST((epoch(own) == Batches{{6, 4, 2}}));
  BOOST_TEST(own.size() == 1);  // by a draw: Evens says no size
  const DataLoader shared(counting(7), {.batch_size = 3, .sampler = std::make_shared<Evens>(7)});
  BOOST_TEST((epoch(shared) == Batches{{6, 4, 2}, {0}}));
}

BOOST_AUTO_TEST_CASE(a_sampler_known_by_its_base_class_is_referred_to) {
  Evens evens(7);
  const Sampler& sampler = evens;
  const DataLoader loader(counting(7), {.batch_size = 9, .sampler = sampler});
  evens.n = 3;
  BOOST_TEST((epoch(loader) == Batches{{2, 0}}));
}

BOOST_AUTO_TEST_CASE(a_loader_follows_its_batch_sampler) {
  const DataLoader growing(counting(6), {.batch_sampler = Growing(), .num_workers = 2});
  BOOST_TEST((epoch(growing) == Batches{{0}, {1, 2}, {3, 4, 5}}));
  BOOST_TEST(growing.size() == 3);
  const DataLoader cut(counting(5), {.batch_sampler = BatchSampler(Evens(5), 2)});
  BOOST_TEST((epoch(cut) == Batches{{4, 2}, {0}}));
}

BOOST_AUTO_TEST_CASE(a_random_sampler_is_what_shuffle_means) {
  const auto run = [](datasets::DataLoaderOptions options) {
    Generator generator(5);
    options.batch_size = 4;
    options.generator = &generator;
    const DataLoader loader(counting(10), options);
    return std::pair(epoch(loader), epoch(loader));
  };
  const auto [first, second] = run({.shuffle = true});
  BOOST_TEST((first != second));
  BOOST_TEST((run({.sampler = RandomSampler(10)}) == std::pair(first, second)));
  BOOST_TEST((run({.sampler = RandomSampler(10), .num_workers = 3}) == std::pair(first, second)));
}

BOOST_AUTO_TEST_CASE(an_epoch_may_be_empty) {
  const DataLoader loader(counting(3), {.sampler = SubsetRandomSampler(Indices{}), .num_workers = 2});
  BOOST_TEST(epoch(loader).empty());
  BOOST_TEST(loader.size() == 0);
}

BOOST_AUTO_TEST_CASE(samplers_without_sense_are_errors) {
  BOOST_TEST(fails_with([] { RandomSampler(0); }, "RandomSampler: the number of examples is 0"));
  BOOST_TEST(fails_with([] { RandomSampler(3, {.num_samples = 0}); }, "RandomSampler: num_samples is 0"));
  BOOST_TEST(fails_with([] { SequentialSampler(-1); }, "SequentialSampler: the number of examples is -1"));
  BOOST_TEST(fails_with(
      [] {
        WeightedRandomSampler({1, -2}, 3);
      },
      "WeightedRandomSampler: weight 1 is -2; expected a finite number of 0 or more"));
  BOOST_TEST(fails_with([] { WeightedRandomSampler({NAN}, 3); }, "weight 0 is nan"));
  BOOST_TEST(fails_with([] { WeightedRandomSampler({0, 0}, 3); }, "the 2 weights add up to 0"));
  BOOST_TEST(fails_with([] { WeightedRandomSampler(zeros({2, 2}), 3); }, "the weights have shape {2, 2}"));
  BOOST_TEST(fails_with([] { WeightedRandomSampler({1}, 0); }, "num_samples is 0; expected at least 1"));
  BOOST_TEST(fails_with(
      [] {
        WeightedRandomSampler({1, 0, 2}, 3, {.replacement = false});
      },
      "cannot draw 3 samples without replacement: 2 weights are above 0"));
  BOOST_TEST(
      fails_with([] { BatchSampler(SequentialSampler(3), 0); }, "BatchSampler: batch_size is 0; expected"));
  BOOST_TEST(fails_with([] { BatchSampler({}, 2); }, "BatchSampler: no sampler"));

  const auto data = counting(3);
  BOOST_TEST(fails_with([&] { DataLoader(data, {.shuffle = true, .sampler = RandomSampler(3)}); },
                        "DataLoader: sampler and shuffle exclude each other"));
  BOOST_TEST(fails_with([&] { DataLoader(data, {.batch_size = 2, .batch_sampler = Growing()}); },
                        "DataLoader: batch_sampler excludes batch_size, shuffle, sampler and drop_last"));
  BOOST_TEST(fails_with([&] { (void)DataLoader(data, {.sampler = Evens(7)}).begin(); },
                        "DataLoader: the sampler gave index 6 for a dataset of 3 examples"));
  BOOST_TEST(fails_with([&] { (void)DataLoader(data, {.batch_sampler = Growing()}).begin(); },
                        "DataLoader: the sampler gave index 3 for a dataset of 3 examples"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
