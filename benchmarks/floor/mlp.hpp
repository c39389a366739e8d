// The training step of fully connected layers by hand: BLAS, buffers that stay, no graph.
#pragma once

#include <cstdint>
#include <vector>

#include "benchmarks/floor/buffer.hpp"
#include "benchmarks/floor/loops.hpp"
#include "benchmarks/floor/threads.hpp"
#include "benchmarks/harness/workloads.hpp"

namespace hand {

/// Each thread takes its rows of the batch through all layers and back, and then its columns of every weight:
/// threads meet twice in a step. BLAS itself runs on one thread.
class Mlp {
 public:
  Mlp(const bench::Mlp& workload, Threads& threads);

  void restart();  ///< puts the initial weights back
  void step();
  double loss() const { return loss_; }  ///< of the last step

  void infer();                ///< the forward pass alone, without dropout
  double output_size() const;  ///< sum |y| of the last infer()

 private:
  struct Layer {
    int in = 0, out = 0;
    Buffer weight, bias, weight_grad, bias_grad;
    Buffer weight_m, weight_v, bias_m, bias_v;  // Adam's
    Buffer output, output_grad;                 // {batch, out}; the last output becomes its own gradient
  };
  struct alignas(64) Sums {
    double loss = 0, squares = 0;
  };

  bool is_last(std::size_t layer) const { return layer + 1 == layers_.size(); }
  const float* input(std::size_t layer) const;
  const float* output_grad(std::size_t layer) const;
  Activation activation(std::size_t layer) const;
  double loss_and_gradient(float* y, Range rows);
  void product(std::size_t layer, Range rows);
  void forward_and_back(int thread);
  void back(Range rows);
  void update(int thread);
  double update_weight(Layer& layer, Range columns);
  void infer_one_row();

  bench::Mlp workload_;
  Threads& threads_;
  Buffer x_;
  std::vector<std::int64_t> labels_;
  std::vector<float> target_;
  std::vector<Layer> layers_;
  std::vector<Sums> sums_;
  double loss_ = 0;
  long t_ = 0;
};

}  // namespace hand
