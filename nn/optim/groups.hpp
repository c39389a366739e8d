// The parameter groups of an optimiser: what it knows of them whatever holds their options, a struct of
// fields or Values.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "nn/optim/fields.hpp"
#include "nn/optim/values.hpp"

namespace xtape::optim {

/// A group as it stands in an optimiser: group.lr, group.momentum, ... and group.params.
template <class Options>
struct ParamGroup : Options {
  std::vector<Tensor> params = {};
  std::optional<double> initial_lr = {};  ///< set by the group's first scheduler
};

/// f("lr", value): the value may be written.
using OptionVisitor = std::function<void(std::string_view, double&)>;

/// Shows an option to a visitor of numbers. A pair called "betas" is two options, "beta1" and "beta2".
inline void visit_option(std::string_view name, double& value, const OptionVisitor& f) { f(name, value); }
template <std::integral T>
void visit_option(std::string_view name, T& value, const OptionVisitor& f) {
  const auto before = static_cast<double>(value);
  double number = before;
  f(name, number);
  if (number != before) value = xtape::detail::convert<T>(number);
}
inline void visit_option(std::string_view names, std::pair<double, double>& values, const OptionVisitor& f) {
  const std::string name(names.substr(0, names.size() - 1));
  f(name + '1', values.first);
  f(name + '2', values.second);
}

template <Listed Options>
void visit_options(Options& options, const OptionVisitor& f) {
  each_field(options, [&](const auto& field, auto& value) {
    if (!field.saved.empty()) visit_option(field.saved, value, f);
  });
}
inline void visit_options(Values& options, const OptionVisitor& f) {
  for (auto& [name, value] : options) f(name, value);
}

/// Throws unless `value`, the option called `option`, is 0 or more (and not NaN).
void check_not_negative(double value, std::string_view option, std::string_view op);
/// Throws where there is no learning rate of 0 or more.
void check_options(const Values& options);

class Groups {
 public:
  virtual ~Groups() = default;
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;

  virtual std::size_t size() const = 0;
  virtual std::vector<Tensor>& params(std::size_t group) = 0;
  virtual std::optional<double>& initial_lr(std::size_t group) = 0;
  virtual double& lr(std::size_t group) = 0;
  virtual bool maximizes(std::size_t group) const = 0;  ///< whether to go along the gradient, not against it
  virtual void visit(std::size_t group, const OptionVisitor& f) = 0;
  /// Throws where the options of a group, once `f` has written them, make no sense. Writes into a copy.
  virtual void check_with(std::size_t group, const OptionVisitor& f) const = 0;

 protected:
  Groups() = default;
};

template <class Options>
class GroupsOf : public Groups {
 public:
  std::vector<ParamGroup<Options>>& all() { return groups_; }

  std::size_t size() const override { return groups_.size(); }
  std::vector<Tensor>& params(std::size_t group) override { return groups_[group].params; }
  std::optional<double>& initial_lr(std::size_t group) override { return groups_[group].initial_lr; }
  double& lr(std::size_t group) override {
    if constexpr (Listed<Options>)
      return groups_[group].lr;
    else
      return groups_[group].at("lr");
  }
  bool maximizes(std::size_t group) const override {
    const Options& options = groups_[group];
    if constexpr (!Listed<Options>)
      return options.contains("maximize") && options.at("maximize") != 0;
    else if constexpr (requires { options.maximize; })
      return options.maximize;
    else
      return false;
  }
  void visit(std::size_t group, const OptionVisitor& f) override {
    visit_options(static_cast<Options&>(groups_[group]), f);
  }
  void check_with(std::size_t group, const OptionVisitor& f) const override {
    Options changed = groups_[group];
    visit_options(changed, f);
    check_options(changed);
  }

 private:
  std::vector<ParamGroup<Options>> groups_;
};

}  // namespace xtape::optim
