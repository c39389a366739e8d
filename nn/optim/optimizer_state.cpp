// state_dict and load_state_dict of an optimiser.
#include <fmt/format.h>

#include <cmath>
#include <string>

#include "nn/detail/state_check.hpp"
#include "nn/optim/optimizer.hpp"

namespace xtape::optim {

namespace {

using nn::detail::StateCheck;
using Tensors = std::vector<Tensor>;
using Numbers = std::vector<double>;

std::string state_name(std::size_t param, std::string_view what) {
  return fmt::format("state.{}.{}", param, what);
}
std::string group_name(std::size_t group, std::string_view what) {
  return fmt::format("param_groups.{}.{}", group, what);
}
std::string item_name(const std::string& list, std::size_t i) { return fmt::format("{}.{}", list, i); }

constexpr double kMaxSteps = 1e15;  // of training: far from where integers or doubles end
constexpr std::string_view kInitialLr = "initial_lr";

// How each kind of value of a ParamState is saved ...

void save(StateDict& dict, const std::string& name, std::int64_t value) {
  dict.insert(name, xtape::detail::scalar_tensor(value, kInt64));
}
void save(StateDict& dict, const std::string& name, double value) {
  dict.insert(name, xtape::detail::scalar_tensor(value, kFloat64));
}
void save(StateDict& dict, const std::string& name, const Tensor& value) {
  if (value.defined()) dict.insert(name, value.clone());
}
void save(StateDict& dict, const std::string& name, const Tensors& list) {
  for (std::size_t i = 0; i < list.size(); ++i) save(dict, item_name(name, i), list[i]);
}
void save(StateDict& dict, const std::string& name, const Numbers& list) {
  dict.insert(name, from_vector(list, {list.size()}));
}

// ... held against what is to be loaded ...

void inspect(StateCheck& check, const std::string& name, std::int64_t, const Shape&) {
  const Tensor* value = check.find(name);
  if (value == nullptr || !check.has_count(name, *value, 1)) return;
  const auto steps = value->item<double>();
  if (!(steps >= 0 && steps <= kMaxSteps && steps == std::floor(steps)))
    check.note("\"{}\" is {}; expected a number of steps", name, steps);
}
void inspect(StateCheck& check, const std::string& name, double, const Shape&) {
  if (const Tensor* value = check.find(name)) check.has_count(name, *value, 1);
}
void inspect(StateCheck& check, const std::string& name, const Tensor&, const Shape& shape) {
  if (const Tensor* value = check.find(name)) check.has_shape(name, *value, shape);
}
void inspect(StateCheck& check, const std::string& name, const Tensors&, const Shape& shape) {
  for (std::size_t i = 0; check.find(item_name(name, i)) != nullptr; ++i)
    inspect(check, item_name(name, i), Tensor(), shape);
}
void inspect(StateCheck& check, const std::string& name, const Numbers&, const Shape&) {
  if (const Tensor* value = check.find(name)) check.is_list(name, *value);
}

// ... and loaded. They give whether there was anything.

bool load(const StateDict& dict, const std::string& name, DType, std::int64_t& value) {
  if (!dict.contains(name)) return false;
  value = dict.at(name).item<std::int64_t>();
  return true;
}
bool load(const StateDict& dict, const std::string& name, DType, double& value) {
  if (!dict.contains(name)) return false;
  value = dict.at(name).item<double>();
  return true;
}
bool load(const StateDict& dict, const std::string& name, DType dtype, Tensor& value) {
  if (!dict.contains(name)) return false;
  value = dict.at(name).detach().to(dtype).clone().contiguous();
  return true;
}
bool load(const StateDict& dict, const std::string& name, DType dtype, Tensors& list) {
  list.clear();
  Tensor value;
  while (load(dict, item_name(name, list.size()), dtype, value)) list.push_back(value);
  return !list.empty();
}
bool load(const StateDict& dict, const std::string& name, DType, Numbers& list) {
  if (!dict.contains(name)) return false;
  list = dict.at(name).to_vector<double>();
  return true;
}

/// Writes the options that a state holds for a group.
auto loaded_options(const StateDict& dict, std::size_t group) {
  return [&dict, group](std::string_view option, double& value) {
    value = dict.at(group_name(group, option)).item<double>();
  };
}

}  // namespace

StateDict Optimizer::state_dict() const {
  StateDict dict;
  const std::vector<Tensor> params = parameters();
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto found = state_.find(&params[i].impl());
    if (found == state_.end()) continue;
    for (const auto& [name, value] : found->second.entries())
      std::visit([&, name = state_name(i, name)](const auto& v) { save(dict, name, v); }, value);
  }
  std::int64_t first = 0;
  for (std::size_t group = 0; group < num_groups(); ++group) {
    const auto save_number = [&](std::string_view option, double value) {
      save(dict, group_name(group, option), value);
    };
    groups_->visit(group, save_number);
    if (initial_lr(group)) save_number(kInitialLr, *initial_lr(group));
    const auto count = static_cast<std::int64_t>(groups_->params(group).size());
    dict.insert(group_name(group, "params"), arange(first, first + count));
    first += count;
  }
  return dict;
}

void Optimizer::inspect_group(StateCheck& check, std::size_t group) const {
  const auto require = [&](std::string_view what, std::int64_t count) {
    const std::string name = group_name(group, what);
    if (const Tensor* value = check.require(name)) check.has_count(name, *value, count);
  };
  groups_->visit(group, [&](std::string_view option, double) { require(option, 1); });
  require("params", static_cast<std::int64_t>(groups_->params(group).size()));
  const std::string initial = group_name(group, kInitialLr);
  const Tensor* lr = check.find(initial);
  if (lr != nullptr && check.has_count(initial, *lr, 1) && !std::isfinite(lr->item<double>()))
    check.note("\"{}\" is {}; expected a number", initial, lr->item<double>());
}

void Optimizer::check_loadable(const StateDict& dict) const {
  StateCheck check(dict);
  const std::vector<Tensor> params = parameters();
  const State initial = initial_state();
  for (std::size_t i = 0; i < params.size(); ++i) {
    for (const auto& [name, value] : initial.entries()) {
      const Shape shape = state_shape(name, params[i]);
      std::visit([&, name = state_name(i, name)](const auto& like) { inspect(check, name, like, shape); },
                 value);
    }
  }
  for (std::size_t group = 0; group < num_groups(); ++group) inspect_group(check, group);
  for (std::size_t group = 0; check.fits() && group < num_groups(); ++group) {
    // A schedule may leave a rate below 0 behind its last step (OneCycleLR in straight lines, as PyTorch's).
    const bool is_scheduled = dict.contains(group_name(group, kInitialLr));
    const auto load_option = loaded_options(dict, group);
    try {
      groups_->check_with(group, [&](std::string_view option, double& value) {
        load_option(option, value);
        if (is_scheduled && option == "lr") value = std::abs(value);
      });
    } catch (const Error& error) {
      check.note("param_groups.{}: {}", group, error.what());
    }
  }
  check.finish(name());
}

void Optimizer::load_state_dict(const StateDict& dict) {
  check_loadable(dict);
  state_.clear();
  const std::vector<Tensor> params = parameters();
  for (std::size_t i = 0; i < params.size(); ++i) {
    State loaded = initial_state();
    bool any = false;
    for (auto& [name, value] : loaded.entries()) {
      const auto one = [&, name = state_name(i, name)](auto& v) {
        return load(dict, name, params[i].dtype(), v);
      };
      any |= std::visit(one, value);
    }
    if (any) state_[&params[i].impl()] = std::move(loaded);
  }
  for (std::size_t group = 0; group < num_groups(); ++group) {
    groups_->visit(group, loaded_options(dict, group));
    const std::string initial = group_name(group, kInitialLr);
    set_initial_lr(group,
                   dict.contains(initial) ? std::optional(dict.at(initial).item<double>()) : std::nullopt);
  }
}

}  // namespace xtape::optim
