// ModuleBase: what modules of all signatures have in common. A handle to named parameters, buffers and child
// modules, a mode, and hooks. What a module computes stands in nn/module/module.hpp and
// nn/module/module_of.hpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "autograd/graph/trace.hpp"
#include "autograd/tensor/tensor.hpp"
#include "files/state_dict.hpp"
#include "nn/module/forward_hook.hpp"
#include "nn/module/module_range.hpp"
#include "nn/module/ordered_dict.hpp"
#include "nn/module/parameter.hpp"
#include "nn/module/tensors_of.hpp"

namespace xtape::nn {

class Child;
using NamedTensors = OrderedDict<Tensor>;
using NamedModules = OrderedDict<ModuleBase&>;

struct LoadStateDictOptions {
  bool strict = true;  ///< whether missing and unexpected names are errors
};

/// Names that load_state_dict left alone because it was not strict.
struct IncompatibleKeys {
  std::vector<std::string> missing_keys = {};
  std::vector<std::string> unexpected_keys = {};
};

/// Modules are handles: a copy shares parameters, buffers, children and the training flag; nn::clone makes a
/// module of its own. Only concrete modules can be copied, so that nothing slices.
class ModuleBase {
 public:
  ModuleBase();
  virtual ~ModuleBase();

  /// Adds a child and gives it back, for a member to hold. Names are unique, not empty and hold no dot.
  template <std::derived_from<ModuleBase> M>
  M register_module(const std::string& name, M module);
  template <std::derived_from<ModuleBase> M>
  std::shared_ptr<M> register_module(const std::string& name, std::shared_ptr<M> module);
  /// Adds a leaf that optimisers train. An undefined tensor takes the name and is not a parameter (a layer
  /// without bias).
  Registered register_parameter(const std::string& name, const Tensor& value, bool requires_grad = true);
  /// Adds a tensor that is not a parameter; a persistent one is part of state_dict().
  Registered register_buffer(const std::string& name, const Tensor& value, bool persistent = true);
  /// Puts the leaf `value` in the place of an own parameter, for every handle of this module. Given another
  /// module's parameter, it ties the two. It has the shape and the dtype of the one before and keeps its own
  /// requires_grad. Optimisers made before hold the old one.
  void set_parameter(std::string_view name, const Tensor& value);

  /// Own ones first, then the children's ("fc1.weight"). A tensor that is registered twice appears once.
  std::vector<Tensor> parameters(bool recurse = true) const;
  NamedTensors named_parameters(bool recurse = true) const;
  std::vector<Tensor> buffers(bool recurse = true) const;
  NamedTensors named_buffers(bool recurse = true) const;
  /// This module under the name "", and every module below it, each once.
  NamedModules named_modules();
  NamedModules named_children() const;
  /// The same without names: for (nn::ModuleBase& module : net.modules()).
  ModuleRange<> modules();
  ModuleRange<> children() const;
  /// The number of elements of all parameters.
  std::int64_t num_parameters() const;

  void train(bool on = true);
  void eval() { train(false); }
  bool is_training() const;
  /// Resets the gradients of all parameters to undefined.
  void zero_grad();
  /// Freezes all parameters, or makes all of them train.
  void requires_grad_(bool on = true);
  /// Converts every floating-point parameter and buffer in place; handles to them stay valid.
  void to(DType dtype);
  /// Nothing to do: parameters live on the CPU. Another device is an Error.
  void to(const Device& device) { xtape::detail::check_device(device, "Module::to"); }
  /// Calls `f` on every module below this one, children first, and last on this one.
  void apply(const std::function<void(ModuleBase&)>& f);
  /// The same for a function that takes an nn::Module&: modules of other signatures are left out.
  template <class F>
  requires(std::invocable<F&, Module&> && !std::invocable<F&, ModuleBase&>) void apply(F f);

  /// Parameters and buffers by name, detached; they share storage with the module.
  StateDict state_dict() const;
  /// Copies values. All or nothing: one Error lists every missing and unexpected name, wrong shape and wrong
  /// dtype.
  IncompatibleKeys load_state_dict(const StateDict& dict, const LoadStateDictOptions& options = {});
  IncompatibleKeys load_state_dict(const StateDict& dict, bool strict) {
    return load_state_dict(dict, LoadStateDictOptions{.strict = strict});
  }

  /// `hook` runs after each call of this module by operator(). Gives an id. See ForwardHook for what it
  /// takes.
  std::size_t register_forward_hook(ForwardHook hook);
  void remove_forward_hook(std::size_t id);

  /// The name of the class without namespaces.
  virtual std::string name() const;
  /// What stands between the parentheses when the module is printed: "in_features=3, ...".
  virtual std::string extra_repr() const { return ""; }

  /// This module as an M, or null if it is none: `if (auto* linear = module.as<nn::Linear>()) ...`.
  template <class M>
  M* as() {
    return dynamic_cast<M*>(this);
  }
  template <class M>
  const M* as() const {
    return dynamic_cast<const M*>(this);
  }
  /// Whether both are handles to the same module.
  bool is_same(const ModuleBase& other) const { return state_ == other.state_; }
  /// Whether the scope in a graph is a call of this module.
  bool is_called_in(const Graph::Scope& scope) const { return state_ == scope.module; }

 protected:
  ModuleBase(const ModuleBase& other);
  ModuleBase& operator=(const ModuleBase& other);

  /// forward(), and then the forward hooks, which see the tensors in `inputs` and in the result. Every call
  /// of a module goes through here, so a typed operator() is one line:
  ///
  ///   Tensor operator()(const Tensor& a, const Tensor& b) { return call([&] { return forward(a, b); }, a,
  ///   b); }
  template <class Forward, class... Inputs>
  std::invoke_result_t<Forward&> call(Forward&& forward, const Inputs&... inputs) const;

  void add_child(const std::string& name, Child child);
  std::size_t child_count() const;
  ModuleBase& child_at(std::size_t index) const;
  /// "blocks: index 5 is out of range for 3 modules", or the index counted from the front.
  std::size_t checked_index(std::int64_t index) const;

 private:
  friend class ModeScope;   // sets the mode of single modules
  friend class CloneScope;  // copies the state
  struct State;

  /// Throws where this module cannot have such a child: containers call theirs and need to know how.
  virtual void check_child(const std::string&, const ModuleBase&) const {}
  bool has_hooks() const;
  Graph::Scope graph_scope() const;
  void run_hooks(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) const;
  /// Calls f(module, "fc1.") for this module and those below it, parents first, shared ones as often as they
  /// appear.
  template <class F>
  void walk(const std::string& prefix, const F& f) const;
  void check_name(std::string_view what, const std::string& name) const;
  template <class Entries>
  NamedTensors collect(Entries entries, bool recurse) const;
  NamedTensors saved_tensors() const;

  std::shared_ptr<State> state_;
};

/// A module below another one, held as what it is, so that a clone of its parent can copy it.
class Child {
 public:
  template <std::derived_from<ModuleBase> M>
  explicit Child(std::shared_ptr<M> module) : module_(std::move(module)) {
    if constexpr (std::is_copy_constructible_v<M>) {
      const ModuleBase* held = module_.get();
      if (held == nullptr || typeid(*held) != typeid(M)) return;
      copy_ = [](const ModuleBase& original) {
        return std::shared_ptr<ModuleBase>(std::make_shared<M>(static_cast<const M&>(original)));
      };
    }
  }

  ModuleBase* get() const { return module_.get(); }
  long use_count() const { return module_.use_count(); }
  /// A copy by the copy constructor of its class. Throws where that is not known: the module was given by a
  /// pointer to a base, or cannot be copied.
  Child copied() const;

 private:
  std::shared_ptr<ModuleBase> module_;
  std::shared_ptr<ModuleBase> (*copy_)(const ModuleBase&) = nullptr;
};

template <std::derived_from<ModuleBase> M>
M ModuleBase::register_module(const std::string& name, M module) {
  add_child(name, Child(std::make_shared<M>(module)));
  return module;
}

template <std::derived_from<ModuleBase> M>
std::shared_ptr<M> ModuleBase::register_module(const std::string& name, std::shared_ptr<M> module) {
  add_child(name, Child(module));
  return module;
}

template <class F>
requires(std::invocable<F&, Module&> && !std::invocable<F&, ModuleBase&>) void ModuleBase::apply(F f) {
  apply(std::function<void(ModuleBase&)>([&](ModuleBase& module) {
    if (auto* of_one_tensor = module.as<Module>()) f(*of_one_tensor);
  }));
}

template <class Forward, class... Inputs>
std::invoke_result_t<Forward&> ModuleBase::call(Forward&& forward, const Inputs&... inputs) const {
  std::optional<TraceScope> scope;
  if (xtape::detail::is_traced()) [[unlikely]]
    scope.emplace(graph_scope());
  if (!has_hooks()) return forward();
  const std::vector<Tensor> taken = detail::tensors_of(inputs...);  // before forward can move them away
  if constexpr (std::is_void_v<std::invoke_result_t<Forward&>>) {
    forward();
    run_hooks(taken, {});
  } else {
    std::invoke_result_t<Forward&> result = forward();
    run_hooks(taken, detail::tensors_of(result));
    return static_cast<std::invoke_result_t<Forward&>>(result);
  }
}

/// As PyTorch prints a module: its children indented below it.
std::string to_string(const ModuleBase& module);
std::ostream& operator<<(std::ostream& out, const ModuleBase& module);

}  // namespace xtape::nn

template <std::derived_from<xtape::nn::ModuleBase> M>
struct fmt::formatter<M, char> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(const M& module, Context& context) const {
    return write(xtape::nn::to_string(module), context);
  }
};
