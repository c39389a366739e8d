// ModuleOf: the base of modules that take or give other things than one tensor.
#pragma once

#include <utility>

#include "nn/module/module_base.hpp"

namespace xtape::nn {

/// Whether net.forward(args...) compiles.
template <class Net, class... Args>
concept ForwardTakes = requires(Net& net, Args&&... args) {
  net.forward(std::forward<Args>(args)...);
};

/// A module that takes what the forward of `Net` takes, and gives what it gives:
///
///   struct ActorCritic : nn::ModuleOf<ActorCritic> {
///     std::pair<Tensor, Tensor> forward(const Tensor& x) { ... }
///   };
///
/// Its operator() passes arguments on, and so takes no brace lists. Where those are wanted, declare an
/// operator() with the types of forward, in terms of call().
template <class Net>
class ModuleOf : public ModuleBase {
 public:
  /// forward(args...), and then the forward hooks.
  template <class... Args>
  requires ForwardTakes<Net, Args...>
  decltype(auto) operator()(Args&&... args) {
    const auto forward = [&]() -> decltype(auto) {
      return static_cast<Net&>(*this).forward(std::forward<Args>(args)...);
    };
    return call(forward, args...);
  }
  template <class... Args>
  requires ForwardTakes<const Net, Args...>
  decltype(auto) operator()(Args&&... args) const {
    const auto forward = [&]() -> decltype(auto) {
      return static_cast<const Net&>(*this).forward(std::forward<Args>(args)...);
    };
    return call(forward, args...);
  }

 protected:
  ModuleOf() = default;
  ModuleOf(const ModuleOf&) = default;
  ModuleOf& operator=(const ModuleOf&) = default;
};

}  // namespace xtape::nn
