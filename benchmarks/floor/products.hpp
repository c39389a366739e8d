// The products of a step on sequences, and nothing between them: of a GPT, of an LSTM. No losses come of it.
#pragma once

#include <vector>

#include "benchmarks/floor/buffer.hpp"
#include "benchmarks/floor/threads.hpp"
#include "benchmarks/harness/workloads.hpp"

namespace hand {

class Products {
 public:
  static Products of_gpt(const bench::Gpt& gpt, Threads& threads);
  /// W17's.
  static Products of_lstm(Threads& threads);

  void step();

 private:
  /// y = x w^T of so many rows; way back dx = g w and dw = g^T x.
  struct Layer {
    int rows, in, out;
    int steps;  ///< that follow one another and take a part of the rows each
    Buffer x, weight, gradient;

    Layer(int rows, int in, int out, int steps = 1);
  };
  /// Attention of so many heads of `length` queries and as many keys.
  struct Heads {
    int count, length, depth;
    Buffer q, k, v, weights;

    Heads(int count, int length, int depth);
  };

  explicit Products(Threads& threads) : threads_(threads) {}
  void make_room();
  void rows_of_layer(const Layer& layer, int thread);
  void columns_of_gradient(Layer& layer, int thread);
  void some_heads(const Heads& heads, int thread);

  Threads& threads_;
  std::vector<Layer> layers_;
  std::vector<Heads> heads_;
  Buffer y_, g_, dx_;  // of the largest layer, in turn
  Buffer scores_, dq_, dk_, dv_;
};

}  // namespace hand
