// Optimizer: what all optimisers share. Each updates the parameters of its groups in place from their
// gradients.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "files/state_dict.hpp"
#include "nn/optim/groups.hpp"
#include "nn/optim/param_state.hpp"

namespace xtape::nn::detail {
class StateCheck;
}

namespace xtape::optim {

class Optimizer {
 public:
  virtual ~Optimizer();
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Updates every parameter that has a gradient.
  virtual void step();
  /// Calls `closure`, which computes the loss and its gradients, then updates. Gives the loss. Throws where
  /// it is empty.
  virtual Tensor step(const std::function<Tensor()>& closure);
  /// Resets the gradients to undefined.
  void zero_grad();

  /// "sgd"; writes in place are noted under it.
  virtual const char* name() const = 0;

  /// Those of all groups, in order.
  std::vector<Tensor> parameters() const;

  /// The learning rate of the first group; set_lr is for all groups.
  double lr() const { return group_lr(0); }
  void set_lr(double lr);
  std::size_t num_groups() const { return groups_ ? groups_->size() : 0; }
  // Where there is no such group, these throw, as the options do.
  double group_lr(std::size_t group) const;
  void set_group_lr(std::size_t group, double lr);
  /// The learning rate that a group's first scheduler found, and that later ones start from.
  std::optional<double> initial_lr(std::size_t group) const;
  void set_initial_lr(std::size_t group, std::optional<double> lr);

  /// A group's options by their names in state_dict(): option(0, "momentum"), set_option(1, "beta1", 0.85).
  /// Values are not checked; a name that the optimiser lacks is an Error.
  double option(std::size_t group, std::string_view name) const;
  void set_option(std::size_t group, std::string_view name, double value);
  bool has_option(std::string_view name) const;

  /// "state.0.step", "state.0.exp_avg", ... for each parameter (numbered through all groups) that was
  /// updated, and "param_groups.0.lr", ..., "param_groups.0.params" for each group; with a scheduler
  /// "param_groups.0.initial_lr" too. A list of tensors is "state.0.old_dirs.0", "state.0.old_dirs.1", ...
  StateDict state_dict() const;
  /// Copies state and options. Throws, and changes nothing, where groups, names or shapes do not fit, or an
  /// option is one that the constructor would refuse.
  void load_state_dict(const StateDict& dict);

  /// Points to where this optimiser stands, wherever it is moved, and to null once it is gone: what refers to
  /// an optimiser for long, as schedulers do, asks here at each use.
  std::shared_ptr<Optimizer* const> address() const { return address_; }

 protected:
  using State = ParamState;
  /// A group's parameters, and those of the options that differ from the optimiser's.
  struct ValuesGroup {
    std::vector<Tensor> params = {};
    Values options = {};
  };

  /// With options by name, {{"lr", 0.1}, ...}. Throws for a value that is not a parameter, an
  /// option or a learning rate.
  Optimizer(const std::vector<Tensor>& params, const Values& options);
  Optimizer(const std::vector<ValuesGroup>& groups, const Values& options);
  /// With groups that are added later.
  explicit Optimizer(std::unique_ptr<Groups> groups);
  Optimizer(Optimizer&& other) noexcept;
  Optimizer& operator=(Optimizer&& other) noexcept;

  /// What is remembered of a parameter, as it begins.
  virtual State initial_state() const { return {}; }
  /// The shape of the tensors of that name in a parameter's state; those of a loaded state are held to it.
  virtual Shape state_shape(std::string_view name, const Tensor& param) const;
  /// The rule: updates `param` from `gradient`, both contiguous and of one dtype. Runs unrecorded. An
  /// optimiser with step() of its own can do without.
  virtual void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state);

  Groups& groups() const;
  /// What is remembered of a parameter; initial_state() at first.
  State& state(const Tensor& param);

  /// Throws where there is no such group.
  void check_group(std::size_t group) const;
  /// Throws where there are no parameters at all.
  static void check_any(std::size_t count);
  /// Throws unless all are leaves, floating point, and in no group yet.
  void check_params(const std::vector<Tensor>& params, std::string_view op) const;

 private:
  void add_group(const ValuesGroup& group, const Values& defaults);
  void update_one(std::size_t group, const Tensor& param, Tensor gradient, bool maximizes);
  void check_loadable(const StateDict& dict) const;
  void inspect_group(nn::detail::StateCheck& check, std::size_t group) const;

  std::unique_ptr<Groups> groups_;  // null after a move from here, as address_
  std::unordered_map<const xtape::detail::TensorImpl*, State> state_;
  std::shared_ptr<Optimizer*> address_;
};

}  // namespace xtape::optim
