// Lines as the notebooks print them, for loops that a program writes itself; nn::Trainer prints the same.
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

}  // namespace course
