// ForwardHook: what runs after a module's call.
#pragma once

#include <concepts>
#include <functional>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

class Module;
class ModuleBase;

/// One of two kinds of functions. `hook(ModuleBase&, inputs, outputs)` sees any module; inputs and outputs
/// are the tensors in what it took and gave, as std::vector<Tensor>. `hook(Module&, input, output)` sees the
/// module of one tensor.
class ForwardHook {
 public:
  using OfTensors =
      std::function<void(ModuleBase&, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs)>;
  using OfTensor = std::function<void(Module&, const Tensor& input, const Tensor& output)>;

  ForwardHook() = default;
  template <class F>
  requires std::constructible_from<OfTensor, F> ForwardHook(F f)  // NOLINT: implicit
      : ForwardHook(OfTensor(std::move(f)), nullptr) {}
  template <class F>
  requires(std::constructible_from<OfTensors, F> && !std::constructible_from<OfTensor, F>)
      ForwardHook(F f)  // NOLINT: implicit
      : run_(std::move(f)) {}

  explicit operator bool() const { return run_ != nullptr; }
  /// Whether it takes an nn::Module&.
  bool takes_one_tensor() const { return takes_one_tensor_; }
  void operator()(ModuleBase& module, const std::vector<Tensor>& inputs,
                  const std::vector<Tensor>& outputs) const {
    run_(module, inputs, outputs);
  }

 private:
  ForwardHook(OfTensor hook, std::nullptr_t);

  OfTensors run_;
  bool takes_one_tensor_ = false;
};

}  // namespace xtape::nn
