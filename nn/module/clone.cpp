// How a module's state is copied: each part once, looked up by the address of the original's.
#include "nn/module/clone.hpp"

#include <unordered_set>

#include "autograd/graph/grad_mode.hpp"
#include "nn/module/detail/module_state.hpp"

namespace xtape::nn {

namespace {
thread_local CloneScope* active = nullptr;

std::vector<long> counts(const NamedTensors& tensors) {
  std::vector<long> counts;
  for (const auto& [name, x] : tensors) counts.push_back(x.impl().references.count());
  return counts;
}
}  // namespace

CloneScope::CloneScope(const ModuleBase& original, const std::type_info& copied_as) : original_(original) {
  check(typeid(original) == copied_as, "clone: {} cannot be copied by a handle to its base", original.name());
  check(active == nullptr, "clone: {} is cloned while another module is", original.name());
  tensors_ = original.named_parameters();
  for (const auto& [name, x] : original.named_buffers()) tensors_.insert(name, x);
  references_ = counts(tensors_);
  note_children(original, "");
  active = this;
}

CloneScope::~CloneScope() { active = nullptr; }

void CloneScope::note_children(const ModuleBase& module, const std::string& prefix) {
  for (const auto& [name, child] : module.state_->children) {
    children_.push_back({prefix + name, &child, child.use_count()});
    note_children(*child.get(), prefix + name + ".");
  }
}

void CloneScope::check_complete() const {
  const std::vector<long> now = counts(tensors_);
  for (std::size_t i = 0; i < now.size(); ++i) {
    check(now[i] == references_[i],
          "clone: {} holds \"{}\" as a plain Tensor too, which the copy would share with it; make that "
          "member an "
          "nn::Parameter or nn::Buffer",
          original_.name(), tensors_[i].key());
  }
  for (const auto& [name, child, references] : children_) {
    check(
        child->use_count() == references,
        "clone: {} holds \"{}\" by a shared pointer too, which the copy would share with it; hold the module "
        "itself",
        original_.name(), name);
  }
}

std::shared_ptr<ModuleBase::State> CloneScope::state_in_copy(const std::shared_ptr<State>& state) {
  return active ? active->copy_of(state) : state;
}

std::shared_ptr<Tensor> detail::slot_in_copy(const std::shared_ptr<Tensor>& slot) {
  return active ? active->copy_of(slot) : slot;
}

std::shared_ptr<ModuleBase::State> CloneScope::copy_of(const std::shared_ptr<State>& state) {
  if (const auto found = states_.find(state.get()); found != states_.end()) return found->second;
  auto copy = std::make_shared<State>();
  states_[state.get()] = copy;
  states_[copy.get()] = copy;  // a copy of the copy, as when it is returned, is a handle
  for (const auto& [name, slot] : state->parameters) copy->parameters.emplace_back(name, copy_of(slot));
  for (const auto& [name, slot, persistent] : state->buffers) {
    copy->buffers.push_back({name, copy_of(slot), persistent});
  }
  for (const auto& [name, child] : state->children) copy->children.emplace_back(name, copy_of(child));
  copy->training = state->training;
  copy->next_hook = state->next_hook;
  copy->hooks = state->hooks;
  return copy;
}

Child CloneScope::copy_of(const Child& child) {
  const auto found = copied_children_.find(child.get());
  return found != copied_children_.end()
             ? found->second
             : copied_children_.emplace(child.get(), child.copied()).first->second;
}

std::shared_ptr<Tensor> CloneScope::copy_of(const Slot& slot) {
  if (const auto found = slots_.find(slot.get()); found != slots_.end()) return found->second;
  auto copy = std::make_shared<Tensor>(slot->defined() ? copy_of(*slot) : Tensor());
  slots_[slot.get()] = copy;
  slots_[copy.get()] = copy;
  return copy;
}

Tensor CloneScope::copy_of(const Tensor& x) {
  const auto [at, is_new] = copies_.try_emplace(&x.impl());
  if (is_new) {
    const NoGradGuard no_grad;
    at->second = x.detach().clone();
    if (x.requires_grad()) at->second.requires_grad_(true);
  }
  return at->second;
}

Child Child::copied() const {
  check(copy_ != nullptr,
        "clone: {} cannot be copied; register it by its own type, and let that have a copy constructor",
        module_->name());
  Child copy = *this;
  copy.module_ = copy_(*module_);
  return copy;
}

}  // namespace xtape::nn
