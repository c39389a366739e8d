// EvalMode and TrainMode: a module in evaluation or training mode for a scope.
#pragma once

#include <utility>
#include <vector>

#include "nn/module/module_base.hpp"

namespace xtape::nn {

/// Switches the module and all below it to a mode, and gives each its own mode back at the end.
class ModeScope {
 public:
  ModeScope(const ModeScope&) = delete;
  ModeScope& operator=(const ModeScope&) = delete;

 protected:
  ModeScope(ModuleBase& module, bool training);
  ~ModeScope();

 private:
  ModuleBase& module_;
  std::vector<bool> before_;  // in the order of named_modules()
};

struct EvalMode : ModeScope {
  explicit EvalMode(ModuleBase& module) : ModeScope(module, false) {}
};

struct TrainMode : ModeScope {
  explicit TrainMode(ModuleBase& module) : ModeScope(module, true) {}
};

}  // namespace xtape::nn
