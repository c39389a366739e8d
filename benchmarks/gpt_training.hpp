// A training step of the benchmarks' GPTs with xtape.
#pragma once

#include <xtape/xtape.hpp>

#include "benchmarks/harness/workloads.hpp"
#include "examples/common/gpt.hpp"

namespace bench {

/// A net with its initial weights.
examples::Gpt make_gpt(const Gpt& gpt);

class GptTraining {
 public:
  explicit GptTraining(const Gpt& gpt);

  void step();
  void restart();  ///< puts the initial weights back
  double loss() const { return loss_.item(); }
  examples::Gpt& net() { return net_; }

 private:
  Gpt gpt_;
  examples::Gpt net_;
  xtape::optim::AdamW optimizer_;
  xtape::Tensor tokens_, next_, loss_;
};

}  // namespace bench
