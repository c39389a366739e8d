// TensorDataset, Subset and random_split.
#include "datasets/split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/ops/create.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::random_split;
using datasets::Subset;
using datasets::TensorDataset;

namespace {

/// Example i is {{i, i + 0.5}, i}.
TensorDataset counting(std::int64_t n) {
  std::vector<float> x;
  for (std::int64_t i = 0; i < n; ++i) {
    x.push_back(static_cast<float>(i));
    x.push_back(static_cast<float>(i) + 0.5f);
  }
  return {from_vector(x, {n, 2}), arange(0, n)};
}

std::vector<std::int64_t> sorted_together(const std::vector<Subset>& parts) {
  std::vector<std::int64_t> all;
  for (const Subset& part : parts) all.insert(all.end(), part.indices().begin(), part.indices().end());
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::int64_t> up_to(std::int64_t n) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_split)

BOOST_AUTO_TEST_CASE(a_tensor_dataset_gives_rows) {
  const TensorDataset data = counting(4);
  BOOST_TEST(data.size() == 4);
  const auto [x, y] = data[3];
  BOOST_TEST(x.shape() == Shape(2));
  BOOST_TEST(x.to_vector<float>() == (std::vector<float>{3, 3.5}));
  BOOST_TEST(y.item<std::int64_t>() == 3);
  Generator generator;
  const auto batch = data.get_batch(std::vector<std::int64_t>{2, 0, 2}, generator);
  BOOST_TEST(batch.data.to_vector<float>() == (std::vector<float>{2, 2.5, 0, 0.5, 2, 2.5}));
  BOOST_TEST(batch.target.to_vector<int64_t>() == (std::vector<int64_t>{2, 0, 2}));
}

BOOST_AUTO_TEST_CASE(a_tensor_dataset_reads_views_and_records_nothing) {
  const Tensor x = arange(0, 6).to(kFloat32).reshape({2, 3}).requires_grad_();
  const TensorDataset data(x.t(), zeros({3, 1}));
  const auto [row, target] = data[1];
  BOOST_TEST(row.to_vector<float>() == (std::vector<float>{1, 4}));
  BOOST_TEST(!row.requires_grad());
  BOOST_TEST(target.shape() == Shape(1));
}

BOOST_AUTO_TEST_CASE(a_tensor_dataset_refuses_sizes_that_differ) {
  BOOST_TEST(fails_with(
      [] {
        TensorDataset(zeros({3, 2}), zeros({4}));
      },
      "TensorDataset: 3 and 4 examples, of shapes {3, 2} and {4}; expected as many"));
  BOOST_TEST(fails_with([] { TensorDataset(zeros({3}), tensor(1.0)); }, "expected a first dim of examples"));
  BOOST_TEST(fails_with([] { (void)counting(3)[3]; }, "index 3 is out of range for 3 examples"));
}

BOOST_AUTO_TEST_CASE(a_subset_maps_its_indices) {
  const Subset subset(counting(10), {7, 1, 7});
  BOOST_TEST(subset.size() == 3);
  BOOST_TEST(subset[0].target.item<std::int64_t>() == 7);
  Generator generator;
  const auto batch = subset.get_batch(std::vector<std::int64_t>{1, 2}, generator);
  BOOST_TEST(batch.target.to_vector<int64_t>() == (std::vector<int64_t>{1, 7}));
  BOOST_TEST(Subset(subset, std::vector<int>{2})[0].target.item<std::int64_t>() == 7);
  BOOST_TEST(Subset(subset, arange(0, 2)).indices() == (std::vector<int64_t>{0, 1}));
}

BOOST_AUTO_TEST_CASE(a_subset_refuses_an_index_out_of_range) {
  BOOST_TEST(fails_with(
      [] {
        Subset(counting(3), {0, 3});
      },
      "Subset: index 3 is out of range for a dataset of 3 examples"));
  BOOST_TEST(fails_with([] { Subset(counting(3), {-1}); }, "Subset: index -1 is out of range"));
  BOOST_TEST(fails_with([] { Subset(counting(3), {std::int64_t{1} << 62}); }, "is out of range"));
  BOOST_TEST(fails_with([] { Subset(counting(3), std::vector<std::uint64_t>{~0ULL}); }, "is out of range"));
  BOOST_TEST(
      fails_with([] { Subset(std::shared_ptr<const datasets::Dataset>(), {}); }, "Subset: no dataset"));
  BOOST_TEST(fails_with([] { (void)Subset(counting(3), {2})[1]; },
                        "Subset: index 1 is out of range for 1 examples"));
}

BOOST_AUTO_TEST_CASE(fractions_are_rounded_down_and_the_rest_dealt_in_turn) {
  Generator generator(0);
  const auto [a, b] = random_split(counting(10), {0.8, 0.2}, {.generator = &generator});
  BOOST_TEST(a.size() == 8);
  BOOST_TEST(b.size() == 2);
  const auto [c, d, e] = random_split(counting(11), {0.3, 0.3, 0.4}, {.generator = &generator});
  // floor(3.3), floor(3.3), floor(4.4) leave one
  BOOST_TEST((std::vector{c.size(), d.size(), e.size()}) == (std::vector<std::int64_t>{4, 3, 4}));
}

BOOST_AUTO_TEST_CASE(counts_of_any_integer_type_are_taken) {
  const std::int64_t rest = 7;
  const auto [a, b] = random_split(counting(10), {3, rest});
  BOOST_TEST(a.size() == 3);
  BOOST_TEST(b.size() == 7);
  BOOST_TEST(random_split(counting(10), std::vector<std::size_t>{4, 6})[1].size() == 6);
  BOOST_TEST(random_split(counting(10), std::vector<double>{0.5, 0.5})[1].size() == 5);
}

BOOST_AUTO_TEST_CASE(the_parts_are_disjoint_shuffled_and_cover_everything) {
  Generator one(7), same(7), other(8);
  const auto split = [&](Generator& g) {
    return random_split(counting(100), std::vector{20, 30, 50}, {.generator = &g});
  };
  const auto parts = split(one);
  BOOST_TEST(sorted_together(parts) == up_to(100));
  BOOST_TEST(!std::is_sorted(parts[2].indices().begin(), parts[2].indices().end()));
  BOOST_TEST((parts[0].indices() == split(same)[0].indices()));
  BOOST_TEST((parts[0].indices() != split(other)[0].indices()));
}

BOOST_AUTO_TEST_CASE(lengths_that_do_not_add_up_are_an_error) {
  const auto data = counting(10);
  BOOST_TEST(fails_with(
      [&] {
        (void)random_split(data, {3, 6});
      },
      "the counts add up to 9, but the dataset has 10 examples"));
  BOOST_TEST(fails_with(
      [&] {
        (void)random_split(data, {3, 8});
      },
      "the counts add up to more than the dataset's 10 examples"));
  BOOST_TEST(fails_with([&] { (void)random_split(data, {-1, 11}); }, "count -1 is negative"));
  BOOST_TEST(fails_with(
      [&] {
        (void)random_split(data, {0.5, 0.4});
      },
      "the fractions add up to 0.9; expected 1"));
  BOOST_TEST(fails_with(
      [&] {
        (void)random_split(data, {1.5, -0.5});
      },
      "fraction 1.5 is not between 0 and 1"));
  BOOST_TEST(
      fails_with([&] { (void)random_split(data, std::vector<int>{}); }, "expected at least one length"));
  BOOST_TEST(fails_with([&] { (void)random_split(counting(0), {0.5, 0.5}); }, "the dataset is empty"));
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(fails_with(
      [&] {
        (void)random_split(data, {most, most});
      },
      "the counts add up to more than the dataset's 10 examples"));
  BOOST_TEST(fails_with(
      [&] {
        (void)random_split(data, {std::nan(""), 0.5});
      },
      "fraction nan is not between 0 and 1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
