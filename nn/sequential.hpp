// Sequential: modules called one after the other.
#pragma once

#include <initializer_list>
#include <type_traits>

#include "nn/module.hpp"

namespace xtape::nn {

/// A module with the name it is to have in a Sequential: {"fc1", nn::Linear(3, 4)}.
class NamedModule {
 public:
  template <std::derived_from<Module> M>
  NamedModule(std::string name, M module)
      : name_(std::move(name)), module_(std::make_shared<M>(std::move(module))) {}

  const std::string& name() const { return name_; }
  const std::shared_ptr<Module>& module() const { return module_; }

 private:
  std::string name_;
  std::shared_ptr<Module> module_;
};

/// Children "0", "1", ... or with names of their own: `Sequential{Linear(3, 4), ReLU()}`,
/// `Sequential{{"fc", Linear(3, 4)}, {"act", ReLU()}}`. Empty, it gives its input.
class Sequential : public Module {
 public:
  Sequential() = default;
  template <std::derived_from<Module>... M>
  requires(sizeof...(M) > 1 || (!std::is_base_of_v<Sequential, M> && ...)) &&
      (sizeof...(M) > 0) explicit Sequential(M... modules) {
    (push_back(std::move(modules)), ...);
  }
  Sequential(std::initializer_list<NamedModule> modules);

  template <std::derived_from<Module> M>
  void push_back(M module) {
    add_child(std::to_string(size()), std::make_shared<M>(std::move(module)));
  }
  template <std::derived_from<Module> M>
  void push_back(const std::string& name, M module) {
    add_child(name, std::make_shared<M>(std::move(module)));
  }
  void push_back(std::shared_ptr<Module> module) { add_child(std::to_string(size()), std::move(module)); }

  std::size_t size() const { return children().size(); }
  bool empty() const { return children().empty(); }
  /// The module at `index`, counted from the end if negative; as<nn::Linear>() gives its type back.
  Module& operator[](std::int64_t index) const;

  Tensor forward(const Tensor& x) override;
};

}  // namespace xtape::nn
