// The CIFAR-10 exercise's fully connected nets with relu, trained as its Solver does.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace course {

struct ReluNet {
  std::string name;                  ///< of the program and its pictures
  std::vector<std::int64_t> hidden;  ///< sizes of the hidden layers
  std::int64_t epochs;
};

/// The whole program: its command line, the trainings, and the check of their validation accuracies. Gives
/// the exit code.
int run_relu_net(const ReluNet& net, int argc, char** argv);

}  // namespace course
