// Saving and restoring the modes of a tree of modules.
#include "nn/module/mode_scope.hpp"

#include "nn/module/detail/module_state.hpp"

namespace xtape::nn {

ModeScope::ModeScope(ModuleBase& module, bool training) : module_(module) {
  for (const auto& [name, below] : module.named_modules()) before_.push_back(below.is_training());
  module.train(training);
}

ModeScope::~ModeScope() {
  std::size_t i = 0;
  for (const auto& [name, below] : module_.named_modules()) {
    if (i < before_.size()) below.state_->training = before_[i++];  // modules may have been added meanwhile
  }
}

}  // namespace xtape::nn
