// The same training step as a plain loop: preallocated buffers, BLAS and no framework. It is what a step
// costs at least.
#pragma once

#include <cstdint>
#include <vector>

namespace by_hand {

/// Fully connected layers with relu between them, softmax cross-entropy, plain SGD; float32.
class Mlp {
 public:
  /// `threads`: parts that the rows of a batch, and then the columns of the weights, are shared out in.
  Mlp(std::vector<int> sizes, int batch, float lr, int threads);

  float* weight(int layer) { return layers_[static_cast<std::size_t>(layer)].weight.data(); }  ///< {out, in}
  float* bias(int layer) { return layers_[static_cast<std::size_t>(layer)].bias.data(); }
  /// One step on x {batch, in} and its labels; gives the loss.
  double step(const float* x, const std::int64_t* labels);

 private:
  struct Layer {
    int in, out;
    std::vector<float> weight, bias, weight_grad, bias_grad;
    std::vector<float> output, output_grad;  // {batch, out}
  };

  const float* input_of(std::size_t layer, const float* x) const;
  double forward_and_back(const float* x, const std::int64_t* labels, int begin, int end);
  void forward(const float* x, int begin, int end);
  double loss(const std::int64_t* labels, int begin, int end);
  void back(int begin, int end);
  void update(const float* x, int part);

  int batch_;
  float lr_;
  int threads_;
  std::vector<Layer> layers_;
};

}  // namespace by_hand
