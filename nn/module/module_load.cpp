// state_dict and load_state_dict of a module.
#include <fmt/format.h>

#include "autograd/graph/grad_mode.hpp"
#include "io/utf8.hpp"
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

namespace {

/// Why `value` cannot be copied into `own`; "" where it can.
std::string misfit(const std::string& name, const Tensor& own, const Tensor& value) {
  if (!value.defined()) return fmt::format("\n  undefined: \"{}\"", io::printable(name));
  std::string text;
  if (value.shape() != own.shape()) {
    text += fmt::format("\n  wrong shape: \"{}\" is {}; expected {}", io::printable(name), value.shape(),
                        own.shape());
  }
  if (value.dtype() != own.dtype()) {
    text += fmt::format("\n  wrong dtype: \"{}\" is {}; expected {}", io::printable(name), value.dtype(),
                        own.dtype());
  }
  return text;
}

std::string listed(std::string_view what, const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("\n  {}: {}", what, io::printable_list(names));
}

}  // namespace

IncompatibleKeys ModuleBase::load_state_dict(const StateDict& dict, const LoadStateDictOptions& options) {
  const NamedTensors own = saved_tensors();
  IncompatibleKeys keys;
  std::string misfits;
  StateDict known;
  for (const auto& [name, value] : own) {
    known.insert(name, value);
    if (dict.contains(name))
      misfits += misfit(name, value, dict.at(name));
    else
      keys.missing_keys.push_back(name);
  }
  for (const auto& [name, value] : dict) {
    if (!known.contains(name)) keys.unexpected_keys.push_back(name);
  }

  std::string faults;
  if (options.strict)
    faults = listed("missing", keys.missing_keys) + listed("unexpected", keys.unexpected_keys);
  faults += misfits;
  check(faults.empty(), "load_state_dict: the state does not fit {}:{}", this->name(), faults);

  const NoGradGuard no_grad;
  for (const auto& [name, value] : own) {
    if (dict.contains(name)) value.copy_(dict.at(name).detach());
  }
  return keys;
}

}  // namespace xtape::nn
