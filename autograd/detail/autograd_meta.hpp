// AutogradMeta: what autograd keeps with a tensor whose gradient somebody wants to see.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "autograd/tensor.hpp"

namespace xtape {

/// The hooks of one value. They stay with it where a write in place gives its tensor another.
struct Hooks {
  std::vector<std::pair<std::size_t, Hook>> list;  // with their ids
};

/// The gradient of a leaf (or of a tensor that retains it), and its hooks.
struct AutogradMeta {
  std::mutex mutex;  // graphs on several threads may share a leaf
  Tensor grad;
  bool retains_grad = false;
  std::size_t next_hook = 0;
  std::shared_ptr<Hooks> hooks = std::make_shared<Hooks>();
};

}  // namespace xtape
