// Module: the base of every layer and model, a handle to named parameters, buffers and child modules.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/tensor.hpp"
#include "nn/state_dict.hpp"

namespace xtape::nn {

class Module;
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;
using NamedModules = std::vector<std::pair<std::string, Module&>>;

struct LoadStateDictOptions {
  bool strict = true;  ///< whether missing and unexpected names are errors
};

/// Names that load_state_dict left alone because it was not strict.
struct IncompatibleKeys {
  std::vector<std::string> missing_keys = {};
  std::vector<std::string> unexpected_keys = {};
};

/// A model derives from Module and registers its parts where it declares them:
///
///   struct Net : nn::Module {
///     nn::Linear fc = register_module("fc", nn::Linear(784, 10));
///     Tensor scale = register_parameter("scale", ones({10}));
///     Tensor forward(const Tensor& x) override { return fc(x) * scale; }
///   };
///
/// Modules are handles: a copy shares parameters, buffers, children and the training flag. Only concrete
/// modules can be copied, so that nothing slices.
class Module {
 public:
  using ForwardHook = std::function<void(Module&, const Tensor& input, const Tensor& output)>;

  Module();
  virtual ~Module();

  /// What the module computes. A module of another signature declares a forward of its own; this one then
  /// throws.
  virtual Tensor forward(const Tensor& x);
  /// forward(x), and then the forward hooks.
  Tensor operator()(const Tensor& x);

  /// Adds a child and gives it back, for a member to hold. Names are unique, not empty and hold no dot.
  template <std::derived_from<Module> M>
  M register_module(const std::string& name, M module) {
    add_child(name, std::make_shared<M>(module));
    return module;
  }
  template <std::derived_from<Module> M>
  std::shared_ptr<M> register_module(const std::string& name, std::shared_ptr<M> module) {
    add_child(name, module);
    return module;
  }
  /// Adds a leaf that optimisers train. An undefined tensor registers nothing (a layer without bias).
  Tensor register_parameter(const std::string& name, const Tensor& value, bool requires_grad = true);
  /// Adds a tensor that is no parameter; a persistent one is part of state_dict().
  Tensor register_buffer(const std::string& name, const Tensor& value, bool persistent = true);

  /// Own ones first, then the children's ("fc1.weight"). A tensor that is registered twice appears once.
  std::vector<Tensor> parameters(bool recurse = true) const;
  NamedTensors named_parameters(bool recurse = true) const;
  std::vector<Tensor> buffers(bool recurse = true) const;
  NamedTensors named_buffers(bool recurse = true) const;
  /// This module under the name "", and every module below it, each once.
  NamedModules named_modules();
  NamedModules named_children() const;
  /// The number of elements of all parameters.
  std::int64_t num_parameters() const;

  void train(bool on = true);
  void eval() { train(false); }
  bool is_training() const;
  /// Resets the gradients of all parameters to undefined.
  void zero_grad();
  /// Converts every floating-point parameter and buffer in place; handles to them stay valid.
  void to(DType dtype);
  /// Calls `f` on every module below this one, children first, and last on this one.
  void apply(const std::function<void(Module&)>& f);

  /// Parameters and buffers by name, detached; they share storage with the module.
  StateDict state_dict() const;
  /// Copies values. All or nothing: one Error lists every missing and unexpected name, wrong shape and wrong
  /// dtype.
  IncompatibleKeys load_state_dict(const StateDict& dict, const LoadStateDictOptions& options = {});
  IncompatibleKeys load_state_dict(const StateDict& dict, bool strict) {
    return load_state_dict(dict, LoadStateDictOptions{.strict = strict});
  }

  /// `hook(module, input, output)` runs after each call of this module by operator(). Gives an id.
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
  /// Whether both are handles to the same module.
  bool is_same(const Module& other) const { return state_ == other.state_; }

 protected:
  Module(const Module&) = default;
  Module& operator=(const Module&) = default;

  void add_child(const std::string& name, std::shared_ptr<Module> child);
  const std::vector<std::pair<std::string, std::shared_ptr<Module>>>& children() const;

 private:
  friend class ModeScope;  // sets the mode of single modules
  struct State;
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

/// As PyTorch prints a module: its children indented below it.
std::string to_string(const Module& module);
std::ostream& operator<<(std::ostream& out, const Module& module);

}  // namespace xtape::nn

template <std::derived_from<xtape::nn::Module> M>
struct fmt::formatter<M, char> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(const M& module, Context& context) const {
    return write(xtape::nn::to_string(module), context);
  }
};
