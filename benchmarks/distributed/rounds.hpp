// A training's step, alone, beside another and together with it, and when its gradients become final.
#pragma once

#include <string>
#include <vector>

#include <xtape/distributed.hpp>

#include "benchmarks/distributed/model.hpp"

namespace bench {

/// Seconds per step, a number for each round.
struct StepTimes {
  std::vector<double> alone;        ///< rank 0, while the others wait
  std::vector<double> independent;  ///< all at once, each on its own
  std::vector<double> slowest;      ///< the same: the mean of each step's slowest rank
  std::vector<double> overlapped;   ///< all together: as many batches as ranks
  std::vector<double> after;        ///< the same, with messages behind the replay
  std::vector<double> half;         ///< all together, on one batch
};

struct RoundOptions {
  int rounds = 9;
  double seconds = 0.35;  ///< of each of the five in a round
};

/// The five take turns, in rotated order. Gives the same on all ranks.
StepTimes time_steps(xtape::distributed::World& world, const std::string& workload,
                     const RoundOptions& options);

/// Of the fastest of `steps` steps, in processor time: a busy machine disturbs it less, and nothing waits.
Profile profile(xtape::distributed::World& world, const std::string& workload, int steps);

}  // namespace bench
