// Lines as the notebooks print them.
#pragma once

#include <fmt/format.h>

#include <cstdio>

namespace course {

/// (Iteration 101 / 4900) loss: 1.751393
template <class Count>
void print_iteration(Count iteration, Count iterations, double loss) {
  fmt::print("(Iteration {} / {}) loss: {:.6f}\n", iteration, iterations, loss);
  std::fflush(stdout);
}

/// (Epoch 1 / 10) train acc: 0.460000; val_acc: 0.456000
inline void print_epoch(int epoch, int epochs, double train_accuracy, double validation_accuracy) {
  fmt::print("(Epoch {} / {}) train acc: {:.6f}; val_acc: {:.6f}\n", epoch, epochs, train_accuracy,
             validation_accuracy);
  std::fflush(stdout);
}

}  // namespace course
