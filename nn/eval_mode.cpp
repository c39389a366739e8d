// Saving and restoring the modes of a tree of modules.
#include "nn/eval_mode.hpp"

#include "nn/module_state.hpp"

namespace xtape::nn {

EvalMode::EvalMode(Module& module) : module_(module) {
  for (const auto& [name, below] : module.named_modules()) before_.push_back(below.is_training());
  module.eval();
}

EvalMode::~EvalMode() {
  std::size_t i = 0;
  for (const auto& [name, below] : module_.named_modules()) below.state_->training = before_[i++];
}

}  // namespace xtape::nn
