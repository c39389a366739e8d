// The call of a module of one tensor, and hooks that see it so.
#include "nn/module/module.hpp"

namespace xtape::nn {

Tensor Module::operator()(const Tensor& x) {
  return call([&] { return forward(x); }, x);
}

ForwardHook::ForwardHook(OfTensor hook, std::nullptr_t) : takes_one_tensor_(true) {
  if (!hook) return;
  run_ = [hook = std::move(hook)](ModuleBase& module, const std::vector<Tensor>& inputs,
                                  const std::vector<Tensor>& outputs) {
    hook(static_cast<Module&>(module), inputs.at(0), outputs.at(0));
  };
}

}  // namespace xtape::nn
