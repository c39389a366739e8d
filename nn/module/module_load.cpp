// state_dict and load_state_dict of a module.
#include "autograd/graph/grad_mode.hpp"
#include "nn/detail/state_check.hpp"
#include "nn/module/detail/module_state.hpp"
#include "nn/module/module_base.hpp"

namespace xtape::nn {

NamedTensors ModuleBase::saved_tensors() const {
  NamedTensors result;
  walk("", [&](const ModuleBase& module, const std::string& prefix) {
    const auto add = [&](const std::string& name, const Tensor& value) {
      if (value.defined()) result.insert(prefix + name, value);
    };
    for (const auto& [name, slot] : module.state_->parameters) add(name, *slot);
    for (const auto& buffer : module.state_->buffers) {
      if (buffer.persistent) add(buffer.name, *buffer.slot);
    }
  });
  return result;
}

StateDict ModuleBase::state_dict() const {
  StateDict dict;
  for (const auto& [name, value] : saved_tensors()) dict.insert(name, value.detach());
  return dict;
}

IncompatibleKeys ModuleBase::load_state_dict(const StateDict& dict, const LoadStateDictOptions& options) {
  const NamedTensors own = saved_tensors();
  detail::StateCheck check(dict);
  for (const auto& [name, value] : own) {
    const Tensor* given = check.require(name);
    if (given == nullptr || !check.is_defined(name, *given)) continue;
    check.has_shape(name, *given, value.shape());
    check.has_dtype(name, *given, value.dtype());
  }
  check.finish(this->name(), options.strict);

  const NoGradGuard no_grad;
  for (const auto& [name, value] : own) {
    if (dict.contains(name)) value.copy_(dict.at(name).detach());
  }
  return {check.missing(), check.unexpected()};
}

}  // namespace xtape::nn
