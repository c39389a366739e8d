// GroupedOptimizer: an optimiser whose options are a struct of fields.
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "nn/optim/optimizer.hpp"

namespace xtape::optim {

/// An optimiser of `Options`, made from parameters or from groups of type `Group`: {.params, .lr, ...}, whose
/// unset options fall back to the optimiser's. Options hold lr and list their fields (fields.hpp); Group has
/// params first, an optional of each option, and initial_lr last. `void check_options(const Options&)` throws
/// where options make no sense.
template <class Options, class Group>
class GroupedOptimizer : public Optimizer {
 public:
  using options_type = Options;
  using group_type = Group;

  explicit GroupedOptimizer(const std::vector<Tensor>& params, const Options& options = {})
      : Optimizer(std::make_unique<GroupsOf<Options>>()), defaults_(options) {
    check_options(options);
    check_any(params.size());
    add_param_group({.params = params});
  }
  /// The learning rate alone may stand by position: SGD(params, 0.1).
  GroupedOptimizer(const std::vector<Tensor>& params, Number auto lr)
      : GroupedOptimizer(params, with_lr(lr)) {}
  explicit GroupedOptimizer(const std::vector<Group>& groups, const Options& options = {})
      : Optimizer(std::make_unique<GroupsOf<Options>>()), defaults_(options) {
    check_options(options);
    check(!groups.empty(), "optim: the list of parameter groups is empty");
    for (const Group& group : groups) add_param_group(group);
  }
  GroupedOptimizer(const std::vector<Group>& groups, Number auto lr)
      : GroupedOptimizer(groups, with_lr(lr)) {}
  /// Groups in braces: g++ 12 takes {{.params = {w}}} for a vector of tensors as well.
  GroupedOptimizer(std::initializer_list<Group> groups, const Options& options)
      : GroupedOptimizer(std::vector<Group>(groups), options) {}
  GroupedOptimizer(std::initializer_list<Group> groups, Number auto lr)
      : GroupedOptimizer(std::vector<Group>(groups), with_lr(lr)) {}

  void add_param_group(const Group& group) {
    static_assert(lists_every_member<Options>(), "fields() must list each member of these options once");
    static_assert(
        overrides_every_member<Options, Group>(),
        "each option needs its member in the group, named in fields(), beside params and initial_lr");
    Options options = defaults_;
    each_field(options,
               [&](const auto& field, auto& value) { value = (group.*field.override).value_or(value); });
    check_options(options);
    check_params(group.params, "optim");
    param_groups().push_back({{options}, group.params, group.initial_lr});
  }
  /// May be written: opt.param_groups()[1].lr = 0.01.
  std::vector<ParamGroup<Options>>& param_groups() { return groups().all(); }
  const std::vector<ParamGroup<Options>>& param_groups() const { return groups().all(); }

 protected:
  const Options& options(std::size_t group) const { return param_groups()[group]; }

 private:
  static Options with_lr(Number auto lr) {
    Options options;
    options.lr = static_cast<double>(lr);
    return options;
  }
  GroupsOf<Options>& groups() const { return static_cast<GroupsOf<Options>&>(Optimizer::groups()); }

  Options defaults_;
};

}  // namespace xtape::optim
