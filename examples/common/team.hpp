// Team: the processes that mpirun started, or this one alone.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <xtape/xtape.hpp>

namespace examples {

/// Training on several processes is three lines of a program: a Team, `join` with the model, and `peers()`
/// where gradients are added up. Only rank 0 prints to stdout. Where xtape was built without MPI there is one
/// process.
class Team {
 public:
  Team();
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int rank() const;
  int size() const;
  /// Whether this process prints and writes files.
  bool leads() const { return rank() == 0; }
  /// From now on the processes train this model together. It must outlive the team's use.
  void join(xtape::nn::ModuleBase& model);
  /// Null for one process.
  xtape::nn::Peers* peers();
  /// The batches of an epoch that this process takes, `accumulate` for each step.
  xtape::datasets::EpochPart part(std::int64_t accumulate) const {
    return {.index = rank(), .count = size(), .block = accumulate};
  }

 private:
  struct Processes;
  std::unique_ptr<Processes> processes_;
};

}  // namespace examples
