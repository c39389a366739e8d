// Module: the module that makes one tensor of one tensor, the base of most layers and models.
#pragma once

#include "nn/module/module_base.hpp"

namespace xtape::nn {

/// A model derives from Module and registers its parts where it declares them:
///
///   struct Net : nn::Module {
///     nn::Linear fc = register_module("fc", nn::Linear(784, 10));
///     nn::Parameter scale = register_parameter("scale", ones({10}));
///     Tensor forward(const Tensor& x) override { return fc(x) * scale; }
///   };
///
/// A module that takes or gives other things derives from ModuleOf.
class Module : public ModuleBase {
 public:
  virtual Tensor forward(const Tensor& x) = 0;
  /// forward(x), and then the forward hooks.
  Tensor operator()(const Tensor& x);

 protected:
  Module() = default;
  Module(const Module&) = default;
  Module& operator=(const Module&) = default;
};

}  // namespace xtape::nn
