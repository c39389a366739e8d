// AutogradMeta: what autograd keeps with a tensor whose gradient somebody wants to see.
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "autograd/tensor.hpp"

namespace xtape {

/// The gradient of a leaf (or of a tensor that retains it), and its hooks.
struct AutogradMeta {
  std::mutex mutex;  // graphs on several threads may share a leaf
  Tensor grad;
  bool retains_grad = false;
  std::size_t next_hook = 0;
  std::vector<std::pair<std::size_t, Hook>> hooks;
};

}  // namespace xtape
