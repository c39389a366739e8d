// Sequential's calls and look-up.
#include "nn/module/sequential.hpp"

namespace xtape::nn {

Sequential::Sequential(std::initializer_list<NamedModule> modules) {
  for (const NamedModule& module : modules) {
    add_child(module.name().empty() ? std::to_string(size()) : module.name(), module.child());
  }
}

void Sequential::check_child(const std::string& name, const ModuleBase& child) const {
  check(child.as<Module>() != nullptr,
        "{}: \"{}\" is {}, which is not an nn::Module: it cannot be called with one tensor", this->name(),
        name, child.name());
}

Module& Sequential::operator[](std::int64_t index) const {
  return static_cast<Module&>(child_at(checked_index(index)));
}

Tensor Sequential::forward(const Tensor& x) {
  Tensor y = x;
  for (std::size_t i = 0, n = size(); i < n; ++i) y = static_cast<Module&>(child_at(i))(y);
  return y;
}

}  // namespace xtape::nn
