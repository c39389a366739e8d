// Optimizer: what all optimisers share. Each updates the parameters of its groups in place from their
// gradients.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "autograd/tensor.hpp"
#include "nn/state_dict.hpp"

namespace xtape::optim {

class Optimizer {
 public:
  virtual ~Optimizer();
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Updates every parameter that has a gradient.
  void step();
  /// Calls `closure`, which computes the loss and its gradients, then updates. Gives the loss. Throws where
  /// it is empty.
  Tensor step(const std::function<Tensor()>& closure);
  /// Resets the gradients to undefined.
  void zero_grad();

  /// The learning rate of the first group; set_lr is for all groups.
  double lr() const { return group_lr(0); }
  void set_lr(double lr);
  virtual std::size_t num_groups() const = 0;
  // Of a group that there is not, these throw, as the options do.
  virtual double group_lr(std::size_t group) const = 0;
  virtual void set_group_lr(std::size_t group, double lr) = 0;
  /// The learning rate that a group's first scheduler found, and that later ones start from.
  virtual std::optional<double> initial_lr(std::size_t group) const = 0;
  virtual void set_initial_lr(std::size_t group, std::optional<double> lr) = 0;

  /// A group's options by their names in state_dict(): option(0, "momentum"), set_option(1, "beta1", 0.85).
  /// Values are not checked; a name that the optimiser lacks is an Error.
  double option(std::size_t group, std::string_view name) const;
  void set_option(std::size_t group, std::string_view name, double value);
  bool has_option(std::string_view name) const;

  /// "state.0.step", "state.0.exp_avg", ... for each parameter (numbered through all groups) that was
  /// updated, and "param_groups.0.lr", ..., "param_groups.0.params" for each group; with a scheduler
  /// "param_groups.0.initial_lr" too.
  StateDict state_dict() const;
  /// Copies state and options. Throws, and changes nothing, where groups, names or shapes do not fit, or an
  /// option is one that the constructor would refuse.
  void load_state_dict(const StateDict& dict);

  /// Points to where this optimiser stands, wherever it is moved, and to null once it is gone: what refers to
  /// an optimiser for long, as schedulers do, asks here at each use.
  std::shared_ptr<Optimizer* const> address() const { return address_; }

 protected:
  static constexpr std::size_t kMaxSlots = 3;
  /// What an optimiser remembers of one parameter: contiguous tensors of its shape and dtype.
  struct State {
    std::int64_t step = 0;
    std::array<Tensor, kMaxSlots> slots = {};
  };
  /// f("lr", value): the value may be written.
  using OptionVisitor = std::function<void(std::string_view, double&)>;

  Optimizer() : address_(std::make_shared<Optimizer*>(this)) {}
  Optimizer(Optimizer&& other) noexcept;
  Optimizer& operator=(Optimizer&& other) noexcept;

  /// "sgd"; writes in place are noted under it.
  virtual const char* name() const = 0;
  virtual std::vector<std::string_view> slot_names() const = 0;
  virtual const std::vector<Tensor>& group_params(std::size_t group) const = 0;
  virtual void visit_options(std::size_t group, const OptionVisitor& f) = 0;
  /// Throws where the options of a group, once `f` has written them, make no sense. Writes into a copy.
  virtual void check_options_with(std::size_t group, const OptionVisitor& f) const = 0;
  virtual bool maximizes(std::size_t group) const = 0;  ///< whether to go along the gradient, not against it
  /// The rule: updates `param` from `gradient`, both contiguous and of one dtype. Runs unrecorded.
  virtual void update(std::size_t group, const Tensor& param, const Tensor& gradient, State& state) = 0;

  /// Throws where there is no such group.
  void check_group(std::size_t group) const;
  /// Throws unless all are leaves, floating point, and in no group yet.
  void check_params(const std::vector<Tensor>& params, std::string_view op) const;

 private:
  /// Calls f("lr", value) for each option of a group.
  void with_options(std::size_t group, const std::function<void(std::string_view, double)>& f) const;
  void update_one(std::size_t group, const Tensor& param, Tensor gradient);
  void check_loadable(const StateDict& dict) const;
  std::vector<Tensor> all_params() const;

  std::unordered_map<const TensorImpl*, State> state_;
  std::shared_ptr<Optimizer*> address_;  // null after a move from here
};

}  // namespace xtape::optim
