// NamedModule: an element of the braces that Sequential and ModuleDict are made from.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "nn/module/functional_module.hpp"

namespace xtape::nn {

class Sequential;

/// A layer with a name, {"fc1", nn::Linear(3, 4)}, or without one, when it is named by its place.
class NamedModule {
 public:
  template <Layer L>
  NamedModule(std::string name, L layer) : name_(std::move(name)), child_(as_child(std::move(layer))) {}
  NamedModule(std::string name, Tensor (*f)(const Tensor&)) : NamedModule(std::move(name), Functional(f)) {}
  /// Not of a Sequential: Sequential{other} is a copy.
  template <Layer L>
  requires(!std::derived_from<L, Sequential>) NamedModule(L layer)  // NOLINT: implicit
      : child_(as_child(std::move(layer))) {}
  NamedModule(Tensor (*f)(const Tensor&)) : NamedModule(Functional(f)) {}  // NOLINT: implicit

  const std::string& name() const { return name_; }
  const Child& child() const { return child_; }

  template <Layer L>
  static Child as_child(L layer) {
    if constexpr (std::derived_from<L, Module>)
      return Child(std::make_shared<L>(std::move(layer)));
    else
      return Child(std::make_shared<Functional>(std::move(layer)));
  }

 private:
  std::string name_;
  Child child_;
};

}  // namespace xtape::nn
