// A training's step, alone, beside another and together with it, and when its gradients become final.
#pragma once

#include <string>
#include <vector>

#include <xtape/distributed.hpp>

#include "benchmarks/distributed/model.hpp"

namespace bench {

/// Seconds per step.
struct CaseTimes {
  std::vector<double> means = {};  ///< of all ranks, in each round
  std::vector<double> steps = {};  ///< the means of each step's ranks, in all rounds
};
struct StepTimes {
  CaseTimes alone;        ///< rank 0, while the others wait
  CaseTimes independent;  ///< all at once, each on its own
  CaseTimes barrier;      ///< the same, but each waits for the others behind its step
  CaseTimes overlapped;   ///< all together: as many batches as ranks
  CaseTimes after;        ///< the same, with messages behind the replay
  CaseTimes half;         ///< all together, on one batch
};

struct RoundOptions {
  int rounds = 9;
  double seconds = 0.35;  ///< of each of the six in a round
};

/// The six take turns, in rotated order. Gives the same on all ranks.
StepTimes time_steps(xtape::distributed::World& world, const std::string& workload,
                     const RoundOptions& options);

/// Of the fastest step in `seconds`, in processor time: a busy machine disturbs it less, and nothing waits.
Profile profile(xtape::distributed::World& world, const std::string& workload, double seconds);

}  // namespace bench
