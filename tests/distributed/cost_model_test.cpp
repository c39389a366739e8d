// The arithmetic of the benchmark's cost model, by hand.
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

#include "autograd/ops/create.hpp"
#include "benchmarks/distributed/model.hpp"
#include "benchmarks/distributed/network.hpp"
#include "distributed/detail/buckets.hpp"
#include "distributed/reducer.hpp"

namespace xtape::testing {

namespace {

namespace tt = boost::test_tools;

using bench::Algorithm;
using bench::Line;

constexpr double kMega = 1 << 20;

/// Gradients of so many bytes, one final after each second.
bench::Profile profile_of(const std::vector<double>& bytes, double update) {
  bench::Profile profile{.workload = "by hand"};
  for (const double b : bytes)
    profile.gradients.push_back({.final = static_cast<double>(profile.gradients.size() + 1), .bytes = b});
  profile.step = static_cast<double>(bytes.size()) + update;
  return profile;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cost_model, *boost::unit_test::tolerance(1e-12))

BOOST_AUTO_TEST_CASE(a_line_is_found_again) {
  std::vector<bench::Point> points;
  for (const double bytes : {1e3, 1e4, 1e6, 1e8}) points.push_back({bytes, 3e-6 + 2e-10 * bytes});
  const Line line = bench::fit(points);
  BOOST_TEST(line.alpha == 3e-6, tt::tolerance(1e-9));
  BOOST_TEST(line.beta == 2e-10, tt::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_fit_weighs_errors_by_the_time_that_was_measured) {
  // One size, times 1 and 2: (1 - t)^2 + (1 - t / 2)^2 is least at 6 / 5. A size of 0 keeps alpha at 0.5.
  const Line line = bench::fit({{1, 1}, {1, 2}, {0, 0.5}});
  BOOST_TEST(line.alpha == 0.5);
  BOOST_TEST(line(1) == 1.2);
}

BOOST_AUTO_TEST_CASE(buckets_are_those_of_a_reducer) {
  const std::vector<std::int64_t> sizes{16, 30000, 70000, 800000, 320000, 48, 2000000, 160};
  std::vector<Tensor> parameters;
  std::vector<double> bytes;
  for (const std::int64_t size : sizes) {
    parameters.push_back(empty({size}));
    bytes.push_back(4.0 * static_cast<double>(size));
  }
  std::vector<std::int64_t> order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  const distributed::ReducerOptions options;
  const auto expected =
      distributed::detail::plan_buckets(parameters, order, options.first_bucket_bytes, options.bucket_bytes);
  const auto buckets = bench::buckets_of(profile_of(bytes, 0));
  BOOST_REQUIRE(buckets.size() == expected.size());
  BOOST_TEST(buckets.size() == 4U);
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    BOOST_TEST(buckets[i].bytes == 4.0 * static_cast<double>(expected[i].values));
    BOOST_TEST(buckets[i].ready == static_cast<double>(expected[i].slots.back().parameter + 1));
  }
}

BOOST_AUTO_TEST_CASE(sums_take_what_the_table_says) {
  const Line alpha{.alpha = 1, .beta = 0}, beta{.alpha = 0, .beta = 1};
  const auto time = [](Algorithm algorithm, const Line& line, int ranks, double bytes) {
    return bench::all_reduce_time(algorithm, line, ranks, bytes);
  };
  for (const int ranks : {2, 4, 16}) {
    const double moved = 2 * kMega * (ranks - 1) / ranks;
    BOOST_TEST(time(Algorithm::chunks, alpha, ranks, kMega) == 3.0 * (ranks - 1));
    BOOST_TEST(time(Algorithm::chunks, beta, ranks, kMega) == moved + 256 * (ranks - 1));
    BOOST_TEST(time(Algorithm::ring, alpha, ranks, kMega) == 2.0 * (ranks - 1));
    BOOST_TEST(time(Algorithm::ring, beta, ranks, kMega) == moved);
    BOOST_TEST(time(Algorithm::halving, beta, ranks, kMega) == moved);
  }
  BOOST_TEST(time(Algorithm::halving, alpha, 8, kMega) == 6);
  BOOST_TEST(time(Algorithm::halving, alpha, 1000, kMega) == 20);
  // 100 bytes have two owners among 16 ranks: 15 announcements, 1 part, 15 results of the busier one.
  BOOST_TEST(time(Algorithm::chunks, alpha, 16, 100) == 31);
}

BOOST_AUTO_TEST_CASE(one_machine_adds_all_sums_to_a_step_with_a_barrier) {
  const Line line{.alpha = 1, .beta = 1e-6};
  // Two buckets, and 32 bytes of shares.
  const double time = bench::step_on_one_machine(profile_of({300e3, 200e3, 100e3}, 0), 7, 2, line);
  BOOST_TEST(time == 7 + (1 + 32e-6) + (1 + 0.3) + (1 + 0.3));
}

BOOST_AUTO_TEST_CASE(a_network_hides_what_is_ready_before_the_replay_ends) {
  const Line free{.alpha = 0, .beta = 0}, slow{.alpha = 0, .beta = 1 / kMega};
  const bench::Profile early = profile_of({kMega, 0, 0, 0, 0}, 1), late = profile_of({0, 0, 0, 0, kMega}, 1);
  BOOST_TEST(bench::efficiency(early, free, Algorithm::ring, 2, 0) == 1);
  // The sum takes a second, and bytes of shares.
  BOOST_TEST(bench::efficiency(early, slow, Algorithm::ring, 2, 0) == 1);
  BOOST_TEST(bench::efficiency(late, slow, Algorithm::ring, 2, 0) == 6.0 / 7, tt::tolerance(1e-4));
  // Copies of a second for each mega of bytes hide nowhere.
  BOOST_TEST(bench::efficiency(early, free, Algorithm::ring, 2, 1 / kMega) == 6.0 / 7);
  BOOST_TEST(bench::efficiency({.workload = "none"}, slow, Algorithm::ring, 2, 0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
