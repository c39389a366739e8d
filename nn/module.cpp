// Registration, traversal and modes of a Module.
#include "nn/module.hpp"

#include <algorithm>
#include <unordered_set>

#include "nn/change_dtype.hpp"
#include "nn/module_state.hpp"

namespace xtape::nn {

Module::Module() : state_(std::make_shared<State>()) {}

Module::~Module() = default;

Tensor Module::forward(const Tensor&) {
  throw Error(
      fmt::format("{0}: forward(const Tensor&) is not overridden; write `Tensor forward(const Tensor& x) "
                  "override` in {0}, or call the forward that it has",
                  name()));
}

Tensor Module::operator()(const Tensor& x) {
  Tensor y = forward(x);
  if (!state_->hooks.empty()) {
    const auto hooks = state_->hooks;  // a hook may remove itself
    for (const auto& [id, hook] : hooks) hook(*this, x, y);
  }
  return y;
}

void Module::check_name(std::string_view what, const std::string& name) const {
  check(!name.empty(), "{}: a name in {} cannot be empty", what, this->name());
  check(name.find('.') == std::string::npos, "{}: the name \"{}\" in {} cannot hold a dot", what, name,
        this->name());
  const auto is_name = [&](const auto& entry) { return entry.first == name; };
  const bool taken =
      std::ranges::any_of(state_->parameters, is_name) || std::ranges::any_of(state_->children, is_name) ||
      std::ranges::any_of(state_->buffers, [&](const auto& entry) { return entry.name == name; });
  check(!taken, "{}: {} has a \"{}\" already", what, this->name(), name);
}

void Module::add_child(const std::string& name, std::shared_ptr<Module> child) {
  check_name("register_module", name);
  check(child != nullptr, "register_module: \"{}\" in {} is a null pointer", name, this->name());
  child->walk("", [&](const Module& below, const std::string&) {
    check(!below.is_same(*this), "register_module: \"{}\" would make {} its own child", name, this->name());
  });
  state_->children.emplace_back(name, std::move(child));
}

Tensor Module::register_parameter(const std::string& name, const Tensor& value, bool requires_grad) {
  check_name("register_parameter", name);
  if (!value.defined()) return value;
  check(value.is_leaf(), "register_parameter: \"{}\" was computed by {}; a parameter is a leaf, use detach()",
        name, value.grad_fn());
  value.requires_grad_(requires_grad);
  state_->parameters.emplace_back(name, value);
  return value;
}

Tensor Module::register_buffer(const std::string& name, const Tensor& value, bool persistent) {
  check_name("register_buffer", name);
  if (value.defined()) state_->buffers.push_back({name, value, persistent});
  return value;
}

const std::vector<std::pair<std::string, std::shared_ptr<Module>>>& Module::children() const {
  return state_->children;
}

template <class Entries>
NamedTensors Module::collect(Entries entries, bool recurse) const {
  NamedTensors result;
  std::unordered_set<const TensorImpl*> seen;
  const auto add = [&](const Module& module, const std::string& prefix) {
    for (const auto& [name, value] : entries(*module.state_)) {
      if (seen.insert(&value.impl()).second) result.emplace_back(prefix + name, value);
    }
  };
  if (recurse)
    walk("", add);
  else
    add(*this, "");
  return result;
}

NamedTensors Module::named_parameters(bool recurse) const {
  return collect([](const State& state) -> const NamedTensors& { return state.parameters; }, recurse);
}

NamedTensors Module::named_buffers(bool recurse) const {
  return collect(
      [](const State& state) {
        NamedTensors buffers;
        for (const auto& buffer : state.buffers) buffers.emplace_back(buffer.name, buffer.value);
        return buffers;
      },
      recurse);
}

namespace {
std::vector<Tensor> values_of(const NamedTensors& named) {
  std::vector<Tensor> values;
  for (const auto& [name, value] : named) values.push_back(value);
  return values;
}
}  // namespace

std::vector<Tensor> Module::parameters(bool recurse) const { return values_of(named_parameters(recurse)); }
std::vector<Tensor> Module::buffers(bool recurse) const { return values_of(named_buffers(recurse)); }

NamedModules Module::named_modules() {
  NamedModules result;
  std::unordered_set<const State*> seen;
  walk("", [&](const Module& module, const std::string& prefix) {
    if (!seen.insert(module.state_.get()).second) return;
    const std::string name = prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
    result.emplace_back(
        name, const_cast<Module&>(module));  // only the root is not held as mutable, and it is *this
  });
  return result;
}

NamedModules Module::named_children() const {
  NamedModules result;
  for (const auto& [name, child] : state_->children) result.emplace_back(name, *child);
  return result;
}

std::int64_t Module::num_parameters() const {
  std::int64_t count = 0;
  for (const Tensor& parameter : parameters()) count += parameter.numel();
  return count;
}

void Module::train(bool on) {
  walk("", [on](const Module& module, const std::string&) { module.state_->training = on; });
}

bool Module::is_training() const { return state_->training; }

void Module::zero_grad() {
  for (const Tensor& parameter : parameters()) parameter.zero_grad();
}

void Module::to(DType dtype) {
  check(is_floating(dtype), "{}.to: parameters are float32 or float64, not {}", name(), dtype);
  for (const auto& tensors : {parameters(), buffers()}) {
    for (const Tensor& x : tensors) {
      if (x.is_floating_point()) change_dtype(x, dtype);
    }
  }
}

void Module::apply(const std::function<void(Module&)>& f) {
  check(f != nullptr, "{}.apply: the function is empty", name());
  for (const auto& [name, child] : state_->children) child->apply(f);
  f(*this);
}

std::size_t Module::register_forward_hook(ForwardHook hook) {
  check(hook != nullptr, "{}.register_forward_hook: the hook is empty", name());
  state_->hooks.emplace_back(state_->next_hook, std::move(hook));
  return state_->next_hook++;
}

void Module::remove_forward_hook(std::size_t id) {
  std::erase_if(state_->hooks, [id](const auto& entry) { return entry.first == id; });
}

}  // namespace xtape::nn
