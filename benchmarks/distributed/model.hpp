// What a step of many ranks costs, by arithmetic alone: docs/scaling.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Point {
  double bytes, seconds;
};

/// alpha + beta bytes, in seconds.
struct Line {
  double alpha = 0, beta = 0;

  double operator()(double bytes) const { return alpha + beta * bytes; }
};

/// The line with the least squares of relative errors, so that small messages count as much as large ones.
Line fit(const std::vector<Point>& points);

/// A gradient: seconds from the step's beginning until it is final, and its size.
struct FinalGradient {
  double final, bytes;
};

/// A step of one rank on its own, with its gradients in the order in which they become final.
struct Profile {
  std::string workload;
  double step = 0;
  std::vector<FinalGradient> gradients = {};

  double bytes() const;
};

/// Gradients of one message, which can go when the last of them is final.
struct Bucket {
  double ready = 0, bytes = 0;
};

/// As a Reducer with its default options fills them.
std::vector<Bucket> buckets_of(const Profile& profile);

/// Bytes that each rank tells all others besides, in every step: what its share of the batch is.
double bytes_of_shares(int ranks);

/// On one machine, where sums take the time of the processors that compute: a `step` after which ranks
/// wait for each other, and then all sums, one after the other. An all_reduce copies its data into shared
/// memory and out; a Reducer, whose products write there, divides it.
double step_on_one_machine(const Profile& profile, double step, int ranks, const Line& all_reduce);

}  // namespace bench
