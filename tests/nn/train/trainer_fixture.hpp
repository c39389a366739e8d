// What the tests of training share: small data that can be learnt, a model for it, and lines caught.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/sources/tensor_dataset.hpp"
#include "nn/layers/mlp.hpp"
#include "nn/optim/sgd.hpp"
#include "nn/train/trainer.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

/// `count` points of the plane, of class 1 above the line x = y and of class 0 below it.
inline datasets::TensorDataset points(std::int64_t count, std::uint64_t seed) {
  Generator generator(seed);
  const Tensor x = randn({count, 2}, {.generator = &generator});
  return {x, (x.select(1, 0) < x.select(1, 1)).to(kInt64)};
}

inline nn::MLP small_model(std::uint64_t seed = 1, double dropout = 0) {
  Generator generator(seed);
  nn::MLP model({2, 8, 2}, {.generator = &generator});
  if (dropout == 0) return model;
  nn::MLP dropped({2, 8, 2}, {.dropout = dropout});  // which draws from the default generator
  dropped[0].load_state_dict(model[0].state_dict());
  dropped[3].load_state_dict(model[2].state_dict());
  return dropped;
}

/// Keeps the lines that it is called with, for `.print = std::ref(lines)`.
struct Lines {
  std::vector<std::string> all = {};
  void operator()(std::string_view line) { all.emplace_back(line); }
};

inline const nn::TrainerOptions& quiet() {
  static const nn::TrainerOptions options{.epochs = 3, .batch_size = 16, .print_every = 0};
  return options;
}

}  // namespace xtape::testing
