// ModuleDict: modules by name, for a module that calls them as it likes.
#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/module/named_module.hpp"

namespace xtape::nn {

/// Children by name in the order of their insertion, all of them an M: `heads["value"](x)`.
template <std::derived_from<ModuleBase> M>
class ModuleDictOf : public ModuleBase {
 public:
  ModuleDictOf() = default;
  ModuleDictOf(std::initializer_list<NamedModule> modules) requires std::same_as<M, Module> {
    for (const NamedModule& module : modules) add_child(module.name(), module.child());
  }

  template <std::derived_from<M> N>
  void insert(const std::string& name, N module) {
    insert(name, std::make_shared<N>(std::move(module)));
  }
  template <std::derived_from<M> N>
  void insert(const std::string& name, std::shared_ptr<N> module) {
    add_child(name, Child(std::move(module)));
  }

  std::size_t size() const { return child_count(); }
  bool empty() const { return size() == 0; }
  bool contains(std::string_view name) const { return named_children().contains(name); }
  /// The module of that name; an Error that lists the names there are if it is missing.
  M& operator[](std::string_view name) const { return static_cast<M&>(named_children()[name]); }
  std::vector<std::string> keys() const { return named_children().keys(); }
  /// for (const auto& [name, module] : heads.items())
  OrderedDict<M&> items() const {
    OrderedDict<M&> items;
    for (const auto& [name, module] : named_children()) items.insert(name, static_cast<M&>(module));
    return items;
  }

  std::string name() const override { return "ModuleDict"; }

 private:
  void check_child(const std::string& name, const ModuleBase& child) const override {
    check(child.as<M>() != nullptr, "ModuleDict: \"{}\" is {}, which this dict does not hold", name,
          child.name());
  }
};

using ModuleDict = ModuleDictOf<Module>;

}  // namespace xtape::nn
