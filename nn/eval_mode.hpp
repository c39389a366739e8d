// EvalMode: a module in evaluation mode for a scope.
#pragma once

#include <utility>
#include <vector>

#include "nn/module.hpp"

namespace xtape::nn {

/// Switches the module and all below it to evaluation, and gives each its own mode back at the end.
class EvalMode {
 public:
  explicit EvalMode(Module& module);
  ~EvalMode();
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;

 private:
  Module& module_;
  std::vector<bool> before_;  // in the order of named_modules()
};

}  // namespace xtape::nn
