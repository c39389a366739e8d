// GroupedOptimizer: the parameter groups of an optimiser, with the options of each.
#pragma once

#include <utility>

#include "nn/optim/optimizer.hpp"

namespace xtape::optim {

/// A group as it stands in an optimiser: group.lr, group.momentum, ... and group.params.
template <class Options>
struct ParamGroup : Options {
  std::vector<Tensor> params = {};
  std::optional<double> initial_lr = {};  ///< set by the group's first scheduler
};

/// An optimiser of `Options`, made from parameters or from groups of type `Group`: {.params, .lr, ...}, whose
/// unset options fall back to the optimiser's. Options holds lr and maximize, Group params and initial_lr.
/// Beside the types it needs functions `Options merged(Options defaults, const Group&)`, `void
/// check_options(const Options&)` (which throws) and `void visit(Options&, f)` (which calls f(name, value)
/// for each).
template <class Options, class Group>
class GroupedOptimizer : public Optimizer {
 public:
  explicit GroupedOptimizer(const std::vector<Tensor>& params, const Options& options = {})
      : defaults_(options) {
    check_options(options);
    check(!params.empty(),
          "optim: the list of parameters is empty; is a module's register_parameter missing?");
    add_param_group({.params = params});
  }
  explicit GroupedOptimizer(const std::vector<Group>& groups, const Options& options = {})
      : defaults_(options) {
    check_options(options);
    check(!groups.empty(), "optim: the list of parameter groups is empty");
    for (const Group& group : groups) add_param_group(group);
  }

  void add_param_group(const Group& group) {
    const Options options = merged(defaults_, group);
    check_options(options);
    this->check_params(group.params, "optim");
    groups_.push_back({{options}, group.params, group.initial_lr});
  }
  /// May be written: opt.param_groups()[1].lr = 0.01.
  std::vector<ParamGroup<Options>>& param_groups() { return groups_; }
  const std::vector<ParamGroup<Options>>& param_groups() const { return groups_; }

  std::size_t num_groups() const override { return groups_.size(); }
  double group_lr(std::size_t group) const override {
    check_group(group);
    return groups_[group].lr;
  }
  void set_group_lr(std::size_t group, double lr) override {
    check(lr >= 0, "optim: the learning rate is {}; expected 0 or more", lr);
    check_group(group);
    groups_[group].lr = lr;
  }
  std::optional<double> initial_lr(std::size_t group) const override {
    check_group(group);
    return groups_[group].initial_lr;
  }
  void set_initial_lr(std::size_t group, std::optional<double> lr) override {
    check_group(group);
    groups_[group].initial_lr = lr;
  }

 protected:
  const std::vector<Tensor>& group_params(std::size_t group) const override { return groups_[group].params; }
  void visit_options(std::size_t group, const OptionVisitor& f) override { visit(groups_[group], f); }
  void check_options_with(std::size_t group, const OptionVisitor& f) const override {
    Options changed = groups_[group];
    visit(changed, f);
    check_options(changed);
  }
  bool maximizes(std::size_t group) const override { return groups_[group].maximize; }
  const Options& options(std::size_t group) const { return groups_[group]; }

 private:
  Options defaults_;
  std::vector<ParamGroup<Options>> groups_;
};

/// Shows a bool option to a visitor of numbers.
template <class F>
void visit_bool(std::string_view name, bool& value, const F& f) {
  double number = value ? 1 : 0;
  f(name, number);
  value = number != 0;
}

/// Throws unless `value`, the option called `option`, is 0 or more (and no NaN).
inline void check_not_negative(double value, std::string_view option, std::string_view op) {
  check(value >= 0, "{}: {} is {}; expected 0 or more", op, option, value);
}

}  // namespace xtape::optim
