// A training step of the benchmarks' fully connected nets with xtape.
#pragma once

#include <memory>

#include <xtape/xtape.hpp>

#include "benchmarks/harness/workloads.hpp"

namespace bench {

/// A net with its initial weights.
xtape::nn::MLP make_mlp(const Mlp& mlp);

class MlpTraining {
 public:
  explicit MlpTraining(const Mlp& mlp);

  void step();
  void restart();  ///< puts the initial weights back
  double loss() const { return loss_.item(); }
  xtape::nn::MLP& net() { return net_; }

 private:
  Mlp mlp_;
  xtape::nn::MLP net_;
  std::unique_ptr<xtape::optim::Optimizer> optimizer_;
  xtape::Tensor x_, y_, loss_;
};

}  // namespace bench
