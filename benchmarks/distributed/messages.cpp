// Medians of repeated operations.
#include "benchmarks/distributed/messages.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include <xtape/xtape.hpp>

#include "benchmarks/harness/statistics.hpp"

namespace bench {

using namespace xtape;
using distributed::World;
using Clock = std::chrono::steady_clock;

namespace {

constexpr double kLeast = 1 << 10, kGrowth = 4;
constexpr int kFew = 5;                    // calls
constexpr std::int64_t kBucket = 1 << 20;  // bytes

double seconds_of(const std::function<void()>& f) {
  const auto start = Clock::now();
  f();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Rank 0 tells the others after every few calls whether time is left.
double median_time(World& world, double seconds, const std::function<void()>& f) {
  f();
  std::vector<double> times;
  const auto start = Clock::now();
  for (Tensor goes_on = tensor(1.0); goes_on.item() > 0;) {
    world.barrier();
    for (int i = 0; i < kFew; ++i) times.push_back(seconds_of(f));
    goes_on.fill_(std::chrono::duration<double>(Clock::now() - start).count() < seconds ? 1 : 0);
    world.broadcast(goes_on);
  }
  return median(std::move(times));
}

}  // namespace

MessageTimes time_messages(World& world, double largest, double seconds) {
  MessageTimes times;
  for (double bytes = kLeast; bytes <= largest; bytes *= kGrowth) {
    const Tensor x = zeros({static_cast<std::int64_t>(bytes) / 4});
    times.all_reduce.push_back({bytes, median_time(world, seconds, [&] { world.all_reduce(x); })});
    const auto there_and_back = [&] {
      world.broadcast(x, 0);
      world.broadcast(x, 1);
    };
    times.message.push_back({bytes, median_time(world, seconds, there_and_back) / 2});
  }
  const Tensor gradient = zeros({kBucket / 4}), bucket = zeros({kBucket / 4});
  const auto in_and_out = [&] {
    bucket.copy_(gradient);
    const Tensor out = bucket / 2.0;
  };
  times.copy = median_time(world, seconds, in_and_out) / static_cast<double>(kBucket);
  return times;
}

}  // namespace bench
