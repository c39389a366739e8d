// Messages that a rank sends, one after the other: it is the time of the busiest rank, with no other traffic.
#include "benchmarks/distributed/network.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

constexpr double kAnnouncement = 256, kSmallestChunk = 64;  // bytes

/// An announcement to each other rank, a part to each other owner of a chunk, and this one's result to each
/// rank.
double time_by_chunks(const Line& message, int ranks, double bytes) {
  const double others = ranks - 1, even = std::ceil(bytes / ranks);
  const double chunk = std::ceil(even / kSmallestChunk) * kSmallestChunk;
  const double owners = std::min<double>(ranks, std::ceil(bytes / chunk));
  return others * message(kAnnouncement) + (owners - 1 + others) * message(std::min(chunk, bytes));
}

}  // namespace

std::vector<Network> networks() {
  return {{"10 Gbit/s", {.alpha = 20e-6, .beta = 1 / 1.18e9}},
          {"100 Gbit/s", {.alpha = 2e-6, .beta = 1 / 12.3e9}}};
}

double all_reduce_time(Algorithm algorithm, const Line& message, int ranks, double bytes) {
  const double moved = 2 * bytes * (ranks - 1) / ranks * message.beta;
  switch (algorithm) {
    case Algorithm::chunks: return time_by_chunks(message, ranks, bytes);
    case Algorithm::ring: return 2 * (ranks - 1) * message.alpha + moved;
    case Algorithm::halving: return 2 * std::ceil(std::log2(ranks)) * message.alpha + moved;
  }
  return 0;
}

double efficiency(const Profile& profile, const Line& message, Algorithm algorithm, int ranks, double copy) {
  if (profile.gradients.empty()) return 1;
  const double replayed = profile.gradients.back().final;
  double free = profile.gradients.front().final +  // when the network is; the shares go first
                all_reduce_time(algorithm, message, ranks, bytes_of_shares(ranks));
  for (const Bucket& bucket : buckets_of(profile))
    free = std::max(free, bucket.ready) + all_reduce_time(algorithm, message, ranks, bucket.bytes);
  const double update = profile.step - replayed;
  return profile.step / (std::max(replayed, free) + update + copy * profile.bytes());
}

}  // namespace bench
