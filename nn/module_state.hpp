// What the handles of one module share. Private to the sources of Module.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/module.hpp"

namespace xtape::nn {

struct Module::State {
  struct Buffer {
    std::string name;
    Tensor value;
    bool persistent;
  };

  NamedTensors parameters;
  std::vector<Buffer> buffers;
  std::vector<std::pair<std::string, std::shared_ptr<Module>>> children;
  bool training = true;
  std::size_t next_hook = 0;
  std::vector<std::pair<std::size_t, ForwardHook>> hooks;
};

template <class F>
void Module::walk(const std::string& prefix, const F& f) const {
  f(*this, prefix);
  for (const auto& [name, child] : state_->children) child->walk(prefix + name + ".", f);
}

}  // namespace xtape::nn
