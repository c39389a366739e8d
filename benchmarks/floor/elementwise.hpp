// W6, W7lsm and W7relu by hand, forward and backward.
#pragma once

#include "benchmarks/floor/buffer.hpp"
#include "benchmarks/floor/threads.hpp"

namespace hand {

/// A chain of ops one by one, with each result stored; nothing is allocated and nothing recorded.
class Chain {
 public:
  Chain();
  void step();
  double gradient_sum() const;

 private:
  Buffer x_, values_, grad_;
};

class LogSoftmax {
 public:
  explicit LogSoftmax(Threads& threads);
  void step();
  double gradient_size() const;  ///< sum |dx|

 private:
  void forward(Range rows);
  void back(Range rows);

  Threads& threads_;
  Buffer x_, gradient_, y_, x_grad_;
};

class BiasRelu {
 public:
  explicit BiasRelu(Threads& threads);
  void step();
  double gradient_size() const;

 private:
  void forward(Range rows);
  void back(int thread);

  Threads& threads_;
  Buffer x_, bias_, gradient_, y_, x_grad_, bias_grad_, bias_grad_parts_;
};

}  // namespace hand
