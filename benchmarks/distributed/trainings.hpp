// Workloads of every kind behind one type.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <xtape/nn.hpp>

namespace bench {

struct Training {
  std::shared_ptr<xtape::nn::ModuleBase> net;
  std::function<void()> step;
};

/// With 1 / `part` of the workload's batch. Throws where it is none of those that train an MLP, a
/// convolutional net or a GPT.
Training make_training(const std::string& workload, int part = 1);

}  // namespace bench
