// Steps of many machines, each a rank, over a network.
#pragma once

#include <string>
#include <vector>

#include "benchmarks/distributed/model.hpp"

namespace bench {

struct Network {
  std::string name;
  Line message;
};

/// Published figures, whose sources are in docs/scaling.md.
std::vector<Network> networks();

/// How a sum gets to all ranks: chunks to their owners and results to all, as distributed/ does it; around a
/// ring; or by halves, with ranks at twice the distance each time.
enum class Algorithm { chunks, ring, halving };

double all_reduce_time(Algorithm algorithm, const Line& message, int ranks, double bytes);

/// A step of one rank over a step of `ranks`, which takes as many times the batch. Messages go while the
/// replay is at work, one sum after the other.
double efficiency(const Profile& profile, const Line& message, Algorithm algorithm, int ranks, double copy);

}  // namespace bench
