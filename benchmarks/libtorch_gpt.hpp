// GPTs with libtorch, for libtorch_sequences.cpp: the net of examples/common/gpt.hpp, written for speed.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "benchmarks/harness/workloads.hpp"

/// A GPT's training. Positions are rows of matrices {N T, width}; what is added to the stream of a block is
/// added by the product that makes it, and so is the mask of the scores.
class TorchGpt {
 public:
  explicit TorchGpt(const bench::Gpt& gpt);

  void step();
  void restart();  ///< puts the initial weights back
  double loss() const { return loss_.item<double>(); }

 private:
  struct Block {
    torch::Tensor ln_1, in_proj, out_proj, ln_2, fc, proj;
  };

  torch::Tensor scores() const;
  torch::Tensor attention(const torch::Tensor& x, const Block& block) const;
  torch::Tensor norm(const torch::Tensor& x, const torch::Tensor& weight) const;
  friend class TorchWriter;

  bench::Gpt gpt_;
  torch::Tensor wte_, wpe_, ln_f_;
  std::vector<Block> blocks_;
  std::vector<torch::Tensor> matrices_, vectors_;
  std::unique_ptr<torch::optim::AdamW> optimizer_;
  torch::Tensor mask_, tokens_, next_, loss_;
};

/// Writes character by character: each is one row, so that products are of a matrix and a vector, and keys
/// and values lie in buffers that were made beforehand. Without gradients.
class TorchWriter {
 public:
  explicit TorchWriter(const bench::Gpt& gpt);

  void step();
  double size_of_scores() const { return scores_.abs().sum().item<double>(); }

 private:
  TorchGpt net_;
  std::vector<torch::Tensor> keys_, values_;  // {heads, context, depth} of each block
  torch::Tensor token_, scores_;
  std::int64_t length_ = 0;
};
