// Stepping, and saving and loading an optimiser's state.
#include "nn/optim/optimizer.hpp"

#include <fmt/ranges.h>

#include <set>
#include <unordered_set>

#include "autograd/grad_mode.hpp"

namespace xtape::optim {

Optimizer::Optimizer(Optimizer&& other) noexcept
    : state_(std::move(other.state_)), address_(std::move(other.address_)) {
  if (address_) *address_ = this;
}

Optimizer& Optimizer::operator=(Optimizer&& other) noexcept {
  if (this == &other) return *this;
  if (address_) *address_ = nullptr;
  state_ = std::move(other.state_);
  address_ = std::move(other.address_);
  if (address_) *address_ = this;
  return *this;
}

Optimizer::~Optimizer() {
  if (address_) *address_ = nullptr;
}

void Optimizer::step() {
  const NoGradGuard no_grad;
  for (std::size_t group = 0; group < num_groups(); ++group) {
    for (const Tensor& param : group_params(group)) {
      if (param.grad().defined()) update_one(group, param);
    }
  }
}

void Optimizer::update_one(std::size_t group, const Tensor& param) {
  const DType dtype = param.dtype();
  State& state = state_[&param.impl()];
  for (Tensor& slot : state.slots) {
    if (slot.defined() && slot.dtype() != dtype) slot = slot.to(dtype);  // the module was converted since
  }
  Tensor gradient = param.grad().detach().to(dtype).contiguous();
  if (maximizes(group)) gradient = -gradient;
  check(gradient.shape() == param.shape(),
        "{}: a gradient of shape {} does not fit its parameter of shape {}", name(), gradient.shape(),
        param.shape());
  const Tensor values = param.detach().contiguous();  // param's own storage unless it is strided
  update(group, values, gradient, state);
  if (param.is_contiguous())
    param.impl().storage->note_write(name());
  else
    param.copy_(values);
}

Tensor Optimizer::step(const std::function<Tensor()>& closure) {
  const Tensor loss = [&] {
    const EnableGradGuard grad;
    return closure();
  }();
  step();
  return loss;
}

void Optimizer::zero_grad() {
  for (const Tensor& param : all_params()) param.zero_grad();
}

void Optimizer::set_lr(double lr) {
  for (std::size_t group = 0; group < num_groups(); ++group) set_group_lr(group, lr);
}

void Optimizer::read_options(std::size_t group, const OptionVisitor& f) const {
  const_cast<Optimizer*>(this)->visit_options(group, [&](std::string_view option, double& value) {
    double copy = value;
    f(option, copy);
  });
}

bool Optimizer::has_option(std::string_view name) const {
  bool found = false;
  if (num_groups() == 0) return found;  // moved away
  read_options(0, [&](std::string_view option, double&) { found = found || option == name; });
  return found;
}

double Optimizer::option(std::size_t group, std::string_view name) const {
  check(group < num_groups(), "{}: there is no group {}; there are {}", this->name(), group, num_groups());
  std::optional<double> found;
  read_options(group, [&](std::string_view option, double& value) {
    if (option == name) found = value;
  });
  check(found.has_value(), "{}: there is no option \"{}\"", this->name(), name);
  return *found;
}

void Optimizer::set_option(std::size_t group, std::string_view name, double value) {
  static_cast<void>(option(group, name));  // throws where there is none
  visit_options(group, [&](std::string_view option, double& stored) {
    if (option == name) stored = value;
  });
}

std::vector<Tensor> Optimizer::all_params() const {
  std::vector<Tensor> all;
  for (std::size_t group = 0; group < num_groups(); ++group) {
    all.insert(all.end(), group_params(group).begin(), group_params(group).end());
  }
  return all;
}

void Optimizer::check_params(const std::vector<Tensor>& params, std::string_view op) const {
  std::unordered_set<const TensorImpl*> seen;
  for (const Tensor& param : all_params()) seen.insert(&param.impl());
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Tensor& param = params[i];
    check(param.defined(), "{}: parameter {} is undefined", op, i);
    check(param.is_floating_point(), "{}: parameter {} is {}; expected float32 or float64", op, i,
          param.dtype());
    check(param.is_leaf(), "{}: parameter {} was computed by {}; only leaves can be optimised", op, i,
          param.grad_fn());
    check(seen.insert(&param.impl()).second, "{}: parameter {}, of shape {}, appears twice", op, i,
          param.shape());
  }
}

namespace {

std::string state_name(std::size_t param, std::string_view what) {
  return fmt::format("state.{}.{}", param, what);
}
std::string group_name(std::size_t group, std::string_view what) {
  return fmt::format("param_groups.{}.{}", group, what);
}

constexpr std::string_view kInitialLr = "initial_lr";

}  // namespace

StateDict Optimizer::state_dict() const {
  StateDict dict;
  const std::vector<std::string_view> slots = slot_names();
  const std::vector<Tensor> params = all_params();
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto found = state_.find(&params[i].impl());
    if (found == state_.end()) continue;
    const State& state = found->second;
    if (state.step > 0) dict.insert(state_name(i, "step"), scalar_tensor(state.step, kInt64));
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      if (state.slots[slot].defined()) dict.insert(state_name(i, slots[slot]), state.slots[slot].clone());
    }
  }
  std::int64_t first = 0;
  for (std::size_t group = 0; group < num_groups(); ++group) {
    const auto save = [&](std::string_view option, double value) {
      dict.insert(group_name(group, option), scalar_tensor(value, kFloat64));
    };
    read_options(group, save);
    if (initial_lr(group)) save(kInitialLr, *initial_lr(group));
    const auto count = static_cast<std::int64_t>(group_params(group).size());
    dict.insert(group_name(group, "params"), arange(first, first + count));
    first += count;
  }
  return dict;
}

void Optimizer::check_loadable(const StateDict& dict) const {
  std::set<std::string> known;
  std::string faults;
  const std::vector<Tensor> params = all_params();
  for (std::size_t i = 0; i < params.size(); ++i) {
    const std::string step = *known.insert(state_name(i, "step")).first;
    if (dict.contains(step) && dict.at(step).numel() != 1) {
      faults += fmt::format("\n  \"{}\" holds {} values; expected 1", step, dict.at(step).numel());
    }
    for (const std::string_view slot : slot_names()) {
      const std::string name = state_name(i, slot);
      known.insert(name);
      if (!dict.contains(name) || dict.at(name).shape() == params[i].shape()) continue;
      faults += fmt::format("\n  wrong shape: \"{}\" is {}; expected {}", name, dict.at(name).shape(),
                            params[i].shape());
    }
  }
  for (std::size_t group = 0; group < num_groups(); ++group) {
    const auto require = [&](std::string_view option, std::int64_t count) {
      const std::string name = *known.insert(group_name(group, option)).first;
      if (!dict.contains(name))
        faults += fmt::format("\n  missing: \"{}\"", name);
      else if (dict.at(name).numel() != count) {
        faults += fmt::format("\n  \"{}\" holds {} values; expected {}", name, dict.at(name).numel(), count);
      }
    };
    read_options(group, [&](std::string_view option, double&) { require(option, 1); });
    if (dict.contains(group_name(group, kInitialLr))) require(kInitialLr, 1);
    require("params", static_cast<std::int64_t>(group_params(group).size()));
  }
  for (const std::string& name : dict.keys()) {
    if (!known.contains(name)) faults += fmt::format("\n  unexpected: \"{}\"", name);
  }
  check(faults.empty(), "load_state_dict: the state does not fit this {}:{}", name(), faults);
}

void Optimizer::load_state_dict(const StateDict& dict) {
  check_loadable(dict);
  state_.clear();
  const std::vector<std::string_view> slots = slot_names();
  const std::vector<Tensor> params = all_params();
  for (std::size_t i = 0; i < params.size(); ++i) {
    State state;
    bool any = dict.contains(state_name(i, "step"));
    if (any) state.step = dict.at(state_name(i, "step")).item<std::int64_t>();
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      const std::string name = state_name(i, slots[slot]);
      if (!dict.contains(name)) continue;
      any = true;
      state.slots[slot] = dict.at(name).detach().to(params[i].dtype()).clone().contiguous();
    }
    if (any) state_[&params[i].impl()] = state;
  }
  for (std::size_t group = 0; group < num_groups(); ++group) {
    visit_options(group, [&](std::string_view option, double& value) {
      value = dict.at(group_name(group, option)).item<double>();
    });
    const std::string initial = group_name(group, kInitialLr);
    set_initial_lr(group,
                   dict.contains(initial) ? std::optional(dict.at(initial).item<double>()) : std::nullopt);
  }
}

}  // namespace xtape::optim
