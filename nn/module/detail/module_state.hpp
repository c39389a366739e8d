// What the handles of one module share. Private to the sources of ModuleBase.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/module/module_base.hpp"

namespace xtape::nn {

struct ModuleBase::State {
  struct Buffer {
    std::string name;
    std::shared_ptr<Tensor> slot;
    bool persistent;
  };

  // Tensors stand in slots, which Parameter and Buffer members share.
  std::vector<std::pair<std::string, std::shared_ptr<Tensor>>> parameters;
  std::vector<Buffer> buffers;
  std::vector<std::pair<std::string, Child>> children;
  bool training = true;
  std::size_t next_hook = 0;
  std::vector<std::pair<std::size_t, ForwardHook>> hooks;
};

template <class F>
void ModuleBase::walk(const std::string& prefix, const F& f) const {
  f(*this, prefix);
  for (const auto& [name, child] : state_->children) child.get()->walk(prefix + name + ".", f);
}

}  // namespace xtape::nn
