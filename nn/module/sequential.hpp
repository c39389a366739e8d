// Sequential: modules called one after the other.
#pragma once

#include <initializer_list>
#include <type_traits>

#include "nn/module/named_module.hpp"

namespace xtape::nn {

/// Children "0", "1", ... or with names of their own: `Sequential{Linear(3, 4), ReLU()}`,
/// `Sequential{{"fc", Linear(3, 4)}, {"act", ReLU()}}`. Functions of one tensor become Functional modules.
/// Empty, it gives its input.
class Sequential : public Module {
 public:
  Sequential() = default;
  template <Layer... L>
  requires(sizeof...(L) > 1 || (!std::is_base_of_v<Sequential, L> && ...)) &&
      (sizeof...(L) > 0) explicit Sequential(L... layers) {
    (push_back(std::move(layers)), ...);
  }
  Sequential(std::initializer_list<NamedModule> modules);

  template <Layer L>
  void push_back(L layer) {
    push_back(std::to_string(size()), std::move(layer));
  }
  template <Layer L>
  void push_back(const std::string& name, L layer) {
    add_child(name, NamedModule::as_child(std::move(layer)));
  }
  template <std::derived_from<Module> M>
  void push_back(std::shared_ptr<M> module) {
    add_child(std::to_string(size()), Child(std::move(module)));
  }

  std::size_t size() const { return child_count(); }
  bool empty() const { return size() == 0; }
  /// The module at `index`, counted from the end if negative; as<nn::Linear>() gives its type back.
  Module& operator[](std::int64_t index) const;

  Tensor forward(const Tensor& x) override;

 private:
  void check_child(const std::string& name, const ModuleBase& child) const override;
};

}  // namespace xtape::nn
