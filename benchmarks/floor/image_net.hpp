// The training step of a convolutional net by hand: products over patches, buffers that stay, no graph.
#pragma once

#include <barrier>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "benchmarks/floor/image_stages.hpp"
#include "benchmarks/floor/threads.hpp"
#include "benchmarks/harness/image_nets.hpp"

namespace hand {

/// Each thread takes its images through all stages and back, and then its part of the weights. Threads meet
/// between the two, and in batch norms.
class ImageNet {
 public:
  ImageNet(const bench::ImageNet& workload, Threads& threads);

  void restart();  ///< puts the initial weights back
  void step();
  double loss() const { return loss_; }  ///< of the last step

 private:
  Value* add_value(const bench::Planes& planes, bool wants_grad = true);
  bool takes(bench::LayerKind kind);
  void add_stage();
  void forward_and_back(int thread);

  bench::ImageNet workload_;
  Threads& threads_;
  std::barrier<> barrier_;
  std::vector<std::int64_t> labels_;
  std::deque<Value> values_;
  std::vector<std::unique_ptr<Stage>> stages_;
  std::vector<double> losses_;  // of each thread
  double loss_ = 0;
  // While the list of layers is read:
  std::size_t next_ = 0;
  int weights_ = 0;
  Value* kept_ = nullptr;
};

}  // namespace hand
