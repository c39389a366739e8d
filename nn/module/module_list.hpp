// ModuleList: modules by their place, for a module that calls them as it likes.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include "nn/module/module.hpp"

namespace xtape::nn {

/// Children "0", "1", ..., all of them an M: `for (auto& block : blocks) x = block(x)`.
template <std::derived_from<ModuleBase> M>
class ModuleListOf : public ModuleBase {
 public:
  class Iterator {
   public:
    Iterator(const ModuleListOf* list, std::size_t index) : list_(list), index_(index) {}
    M& operator*() const { return list_->at(index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const ModuleListOf* list_;
    std::size_t index_;
  };

  ModuleListOf() = default;
  /// What `make()` or `make(index)` gives, n times.
  template <class Make>
  requires(std::invocable<Make&> || std::invocable<Make&, std::int64_t>)
      ModuleListOf(std::int64_t n, Make make) {
    check(n >= 0, "ModuleList: the number of modules is {}; expected 0 or more", n);
    for (std::int64_t i = 0; i < n; ++i) {
      if constexpr (std::invocable<Make&, std::int64_t>)
        push_back(make(i));
      else
        push_back(make());
    }
  }
  template <std::derived_from<M>... N>
  requires(sizeof...(N) > 0 &&
           (!std::derived_from<N, ModuleListOf> && ...)) explicit ModuleListOf(N... modules) {
    (push_back(std::move(modules)), ...);
  }

  template <std::derived_from<M> N>
  void push_back(N module) {
    push_back(std::make_shared<N>(std::move(module)));
  }
  template <std::derived_from<M> N>
  void push_back(std::shared_ptr<N> module) {
    add_child(std::to_string(size()), Child(std::move(module)));
  }

  std::size_t size() const { return child_count(); }
  bool empty() const { return size() == 0; }
  /// The module at `index`, counted from the end if negative.
  M& operator[](std::int64_t index) const { return at(checked_index(index)); }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

  std::string name() const override { return "ModuleList"; }

 private:
  M& at(std::size_t index) const { return static_cast<M&>(child_at(index)); }
  void check_child(const std::string& name, const ModuleBase& child) const override {
    check(child.as<M>() != nullptr, "ModuleList: \"{}\" is {}, which this list does not hold", name,
          child.name());
  }
};

using ModuleList = ModuleListOf<Module>;

}  // namespace xtape::nn
