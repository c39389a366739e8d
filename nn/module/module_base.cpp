// Registration, traversal, modes and hooks of a module.
#include "nn/module/module_base.hpp"

#include <algorithm>
#include <unordered_set>

#include "nn/module/clone.hpp"
#include "nn/module/detail/change_dtype.hpp"
#include "nn/module/detail/module_state.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

ModuleBase::ModuleBase() : state_(std::make_shared<State>()) {}
ModuleBase::ModuleBase(const ModuleBase& other) : state_(CloneScope::state_in_copy(other.state_)) {}
ModuleBase& ModuleBase::operator=(const ModuleBase& other) {
  if (this != &other) state_ = CloneScope::state_in_copy(other.state_);
  return *this;
}
ModuleBase::~ModuleBase() = default;

void ModuleBase::check_name(std::string_view what, const std::string& name) const {
  check(!name.empty(), "{}: a name in {} cannot be empty", what, this->name());
  check(name.find('.') == std::string::npos, "{}: the name \"{}\" in {} cannot hold a dot", what, name,
        this->name());
  const auto is_name = [&](const auto& entry) { return entry.first == name; };
  const bool taken =
      std::ranges::any_of(state_->parameters, is_name) || std::ranges::any_of(state_->children, is_name) ||
      std::ranges::any_of(state_->buffers, [&](const auto& entry) { return entry.name == name; });
  check(!taken, "{}: {} has a \"{}\" already", what, this->name(), name);
}

void ModuleBase::add_child(const std::string& name, Child child) {
  check_name("register_module", name);
  check(child.get() != nullptr, "register_module: \"{}\" in {} is a null pointer", name, this->name());
  child.get()->walk("", [&](const ModuleBase& below, const std::string&) {
    check(!below.is_same(*this), "register_module: \"{}\" would make {} its own child", name, this->name());
  });
  check_child(name, *child.get());
  state_->children.emplace_back(name, std::move(child));
}

std::size_t ModuleBase::child_count() const { return state_->children.size(); }
ModuleBase& ModuleBase::child_at(std::size_t index) const { return *state_->children[index].second.get(); }

std::size_t ModuleBase::checked_index(std::int64_t index) const {
  const auto count = static_cast<std::int64_t>(child_count());
  check(-count <= index && index < count, "{}: index {} is out of range for {} modules", name(), index,
        count);
  return static_cast<std::size_t>(index < 0 ? index + count : index);
}

Registered ModuleBase::register_parameter(const std::string& name, const Tensor& value, bool requires_grad) {
  check_name("register_parameter", name);
  if (value.defined()) {
    check(value.is_leaf(),
          "register_parameter: \"{}\" was computed by {}; a parameter is a leaf, use detach()", name,
          value.grad_fn());
    value.requires_grad_(requires_grad);
  }
  return Registered(state_->parameters.emplace_back(name, std::make_shared<Tensor>(value)).second);
}

Registered ModuleBase::register_buffer(const std::string& name, const Tensor& value, bool persistent) {
  check_name("register_buffer", name);
  return Registered(
      state_->buffers.emplace_back(State::Buffer{name, std::make_shared<Tensor>(value), persistent}).slot);
}

void ModuleBase::set_parameter(std::string_view name, const Tensor& value) {
  const auto found =
      std::ranges::find_if(state_->parameters, [&](const auto& entry) { return entry.first == name; });
  check(found != state_->parameters.end() && found->second->defined(), "{}: there is no parameter \"{}\"",
        this->name(), name);
  Tensor& own = *found->second;
  check(value.defined(), "{}: \"{}\" cannot become undefined", this->name(), name);
  check(value.shape() == own.shape() && value.dtype() == own.dtype(),
        "{}: \"{}\" cannot be a tensor of shape {} and dtype {}; expected {} and {}", this->name(), name,
        value.shape(), value.dtype(), own.shape(), own.dtype());
  check(value.is_leaf(), "{}: \"{}\" was computed by {}; a parameter is a leaf, use detach()", this->name(),
        name, value.grad_fn());
  own = value;
}

template <class Entries>
NamedTensors ModuleBase::collect(Entries entries, bool recurse) const {
  NamedTensors result;
  std::unordered_set<const xtape::detail::TensorImpl*> seen;
  const auto add = [&](const ModuleBase& module, const std::string& prefix) {
    entries(*module.state_, [&](const std::string& name, const Tensor& value) {
      if (value.defined() && seen.insert(&value.impl()).second) result.insert(prefix + name, value);
    });
  };
  if (recurse)
    walk("", add);
  else
    add(*this, "");
  return result;
}

NamedTensors ModuleBase::named_parameters(bool recurse) const {
  return collect(
      [](const State& state, const auto& add) {
        for (const auto& [name, slot] : state.parameters) add(name, *slot);
      },
      recurse);
}

NamedTensors ModuleBase::named_buffers(bool recurse) const {
  return collect(
      [](const State& state, const auto& add) {
        for (const auto& buffer : state.buffers) add(buffer.name, *buffer.slot);
      },
      recurse);
}

namespace {
std::vector<Tensor> values_of(const NamedTensors& named) {
  std::vector<Tensor> values;
  for (const auto& [name, value] : named) values.push_back(value);
  return values;
}

ModuleRange<> range_of(const NamedModules& named) {
  std::vector<ModuleBase*> modules;
  for (const auto& [name, module] : named) modules.push_back(&module);
  return ModuleRange<>(std::move(modules));
}
}  // namespace

std::vector<Tensor> ModuleBase::parameters(bool recurse) const {
  return values_of(named_parameters(recurse));
}
std::vector<Tensor> ModuleBase::buffers(bool recurse) const { return values_of(named_buffers(recurse)); }

NamedModules ModuleBase::named_modules() {
  NamedModules result;
  std::unordered_set<const State*> seen;
  walk("", [&](const ModuleBase& module, const std::string& prefix) {
    if (!seen.insert(module.state_.get()).second) return;
    const std::string name = prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
    result.insert(name,
                  const_cast<ModuleBase&>(module));  // only the root is not held as mutable, and it is *this
  });
  return result;
}

NamedModules ModuleBase::named_children() const {
  NamedModules result;
  for (const auto& [name, child] : state_->children) result.insert(name, *child.get());
  return result;
}

ModuleRange<> ModuleBase::modules() { return range_of(named_modules()); }
ModuleRange<> ModuleBase::children() const { return range_of(named_children()); }

std::int64_t ModuleBase::num_parameters() const {
  std::int64_t count = 0;
  for (const Tensor& parameter : parameters()) count += parameter.numel();
  return count;
}

void ModuleBase::train(bool on) {
  walk("", [on](const ModuleBase& module, const std::string&) { module.state_->training = on; });
}

bool ModuleBase::is_training() const { return state_->training; }

void ModuleBase::zero_grad() {
  for (const Tensor& parameter : parameters()) parameter.zero_grad();
}

void ModuleBase::requires_grad_(bool on) {
  for (const Tensor& parameter : parameters()) parameter.requires_grad_(on);
}

void ModuleBase::to(DType dtype) {
  check(is_floating(dtype), "{}.to: parameters are float32 or float64, not {}", name(), dtype);
  for (const auto& tensors : {parameters(), buffers()}) {
    for (const Tensor& x : tensors) {
      if (x.is_floating_point()) change_dtype(x, dtype);
    }
  }
}

void ModuleBase::apply(const std::function<void(ModuleBase&)>& f) {
  check(f != nullptr, "{}.apply: the function is empty", name());
  for (const auto& [name, child] : state_->children) child.get()->apply(f);
  f(*this);
}

Graph::Scope ModuleBase::graph_scope() const { return {.name = "", .kind = name(), .module = state_}; }

bool ModuleBase::has_hooks() const { return !state_->hooks.empty(); }

void ModuleBase::run_hooks(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) const {
  const auto hooks = state_->hooks;  // a hook may remove itself
  // A handle: hooks may change the state, which this one shares with handles that are not const.
  for (const auto& [id, hook] : hooks) hook(const_cast<ModuleBase&>(*this), inputs, outputs);
}

std::size_t ModuleBase::register_forward_hook(ForwardHook hook) {
  check(static_cast<bool>(hook), "{}.register_forward_hook: the hook is empty", name());
  check(!hook.takes_one_tensor() || as<Module>() != nullptr,
        "{0}.register_forward_hook: the hook takes an nn::Module&, which {0} is not; take an "
        "nn::ModuleBase&, and inputs and outputs as lists",
        name());
  state_->hooks.emplace_back(state_->next_hook, std::move(hook));
  return state_->next_hook++;
}

void ModuleBase::remove_forward_hook(std::size_t id) {
  std::erase_if(state_->hooks, [id](const auto& entry) { return entry.first == id; });
}

}  // namespace xtape::nn
