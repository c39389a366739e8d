// Functional: a function as a module. Layer: what can stand in a Sequential.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include "nn/module/module.hpp"

namespace xtape::nn {

/// Calls a function of one tensor: Functional(relu), Functional([](const Tensor& x) { return x * 2; }).
/// Throws where the function is empty.
class Functional : public Module {
 public:
  /// Picks the overload that takes one tensor.
  explicit Functional(Tensor (*f)(const Tensor&)) : Functional(std::function<Tensor(const Tensor&)>(f)) {}
  template <class F>
  requires(!std::derived_from<F, ModuleBase> && std::is_invocable_r_v<Tensor, F&, const Tensor&>)  //
      explicit Functional(F f)
      : f_(std::move(f)) {
    check(f_ != nullptr, "Functional: the function is empty");
  }

  Tensor forward(const Tensor& x) override { return f_(x); }

 private:
  std::function<Tensor(const Tensor&)> f_;
};

/// A module of one tensor, or a function of one.
template <class T>
concept Layer = std::derived_from<T, Module> || std::constructible_from<Functional, T>;

}  // namespace xtape::nn
