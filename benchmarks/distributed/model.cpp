// Sums over buckets.
#include "benchmarks/distributed/model.hpp"

#include <algorithm>

#include <xtape/distributed.hpp>

namespace bench {

/// Where the sum of (1 - (alpha + beta bytes) / seconds)^2 has no slope: two equations.
Line fit(const std::vector<Point>& points) {
  double uu = 0, uv = 0, vv = 0, u1 = 0, v1 = 0;
  for (const Point& p : points) {
    const double u = 1 / p.seconds, v = p.bytes / p.seconds;
    uu += u * u, uv += u * v, vv += v * v, u1 += u, v1 += v;
  }
  const double determinant = uu * vv - uv * uv;
  return {.alpha = (u1 * vv - v1 * uv) / determinant, .beta = (uu * v1 - uv * u1) / determinant};
}

double Profile::bytes() const {
  double sum = 0;
  for (const FinalGradient& gradient : gradients) sum += gradient.bytes;
  return sum;
}

std::vector<Bucket> buckets_of(const Profile& profile) {
  std::vector<Bucket> buckets;
  const xtape::distributed::ReducerOptions options;
  const auto first = static_cast<double>(options.first_bucket_bytes),
             other = static_cast<double>(options.bucket_bytes);
  for (const FinalGradient& gradient : profile.gradients) {
    if (buckets.empty() || buckets.back().bytes >= (buckets.size() == 1 ? first : other))
      buckets.emplace_back();
    buckets.back().ready = std::max(buckets.back().ready, gradient.final);
    buckets.back().bytes += gradient.bytes;
  }
  return buckets;
}

double bytes_of_shares(int ranks) { return 16.0 * ranks; }

double step_on_one_machine(const Profile& profile, double step, int ranks, const Line& all_reduce) {
  double time = step + all_reduce(bytes_of_shares(ranks));
  for (const Bucket& bucket : buckets_of(profile)) time += all_reduce(bucket.bytes);
  return time;
}

}  // namespace bench
