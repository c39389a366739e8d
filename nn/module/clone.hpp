// nn::clone: a deep copy of a module.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <typeinfo>
#include <unordered_map>
#include <vector>

#include "nn/module/module_base.hpp"

namespace xtape::nn {

/// While one lives, copying a handle of the module or of one below it gives a handle of the copy. State and
/// tensors are copied once each, so that what is shared in the original is shared in the copy.
class CloneScope {
 public:
  CloneScope(const ModuleBase& original, const std::type_info& copied_as);
  ~CloneScope();
  CloneScope(const CloneScope&) = delete;
  CloneScope& operator=(const CloneScope&) = delete;

  /// Throws where the copy still refers to a tensor or a module of the original.
  void check_complete() const;

 private:
  friend class ModuleBase;
  friend std::shared_ptr<Tensor> detail::slot_in_copy(const std::shared_ptr<Tensor>& slot);
  using State = ModuleBase::State;
  using Slot = std::shared_ptr<Tensor>;

  struct HeldChild {
    std::string name;
    const Child* child;
    long references;
  };

  static std::shared_ptr<State> state_in_copy(const std::shared_ptr<State>& state);
  void note_children(const ModuleBase& module, const std::string& prefix);
  std::shared_ptr<State> copy_of(const std::shared_ptr<State>& state);
  Child copy_of(const Child& child);
  Slot copy_of(const Slot& slot);
  Tensor copy_of(const Tensor& x);

  const ModuleBase& original_;
  NamedTensors tensors_;          // the original's
  std::vector<long> references_;  // to these, before the copy
  std::vector<HeldChild> children_;
  // From the address of a part, of the original's or of the copy's, to the copy's.
  std::unordered_map<const void*, std::shared_ptr<State>> states_;
  std::unordered_map<const void*, Child> copied_children_;
  std::unordered_map<const void*, Slot> slots_;
  std::unordered_map<const void*, Tensor> copies_;
};

/// A module with parameters, buffers and children of its own, equal to those of `module`. Children that are
/// shared there are shared in the copy, tied parameters stay tied; gradients are left behind, hooks are kept.
/// Members of the class that are modules, Parameters and Buffers follow. A plain Tensor member that aliases a
/// parameter or buffer, or a shared pointer to a child, would still be the original's, and is an Error. No
/// other thread may use the module meanwhile.
template <std::derived_from<ModuleBase> M>
M clone(const M& module) {
  const CloneScope scope(module, typeid(M));
  M twin(module);
  scope.check_complete();
  return twin;
}

}  // namespace xtape::nn
