// Stepping, and reading and writing options by their names.
#include "nn/optim/optimizer.hpp"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "autograd/graph/grad_mode.hpp"

namespace xtape::optim {

Optimizer::Optimizer(std::unique_ptr<Groups> groups)
    : groups_(std::move(groups)), address_(std::make_shared<Optimizer*>(this)) {}

Optimizer::Optimizer(const std::vector<Tensor>& params, const Values& options)
    : Optimizer(std::make_unique<GroupsOf<Values>>()) {
  check_options(options);
  check_any(params.size());
  add_group({.params = params}, options);
}

Optimizer::Optimizer(const std::vector<ValuesGroup>& groups, const Values& options)
    : Optimizer(std::make_unique<GroupsOf<Values>>()) {
  check_options(options);
  check(!groups.empty(), "optim: the list of parameter groups is empty");
  for (const ValuesGroup& group : groups) add_group(group, options);
}

void Optimizer::add_group(const ValuesGroup& group, const Values& defaults) {
  Values options = defaults;
  for (const auto& [name, value] : group.options) options.at(name) = value;
  check_options(options);
  check_params(group.params, "optim");
  static_cast<GroupsOf<Values>&>(groups()).all().push_back({{options}, group.params});
}

Optimizer::Optimizer(Optimizer&& other) noexcept
    : groups_(std::move(other.groups_)),
      state_(std::move(other.state_)),
      address_(std::move(other.address_)) {
  if (address_) *address_ = this;
}

Optimizer& Optimizer::operator=(Optimizer&& other) noexcept {
  if (this == &other) return *this;
  if (address_) *address_ = nullptr;
  groups_ = std::move(other.groups_);
  state_ = std::move(other.state_);
  address_ = std::move(other.address_);
  if (address_) *address_ = this;
  return *this;
}

Optimizer::~Optimizer() {
  if (address_) *address_ = nullptr;
}

Groups& Optimizer::groups() const {
  check(groups_ != nullptr, "optim: this optimiser was moved away");
  return *groups_;
}

void Optimizer::step() {
  const NoGradGuard no_grad;
  for (std::size_t group = 0; group < num_groups(); ++group) {
    const bool maximizes = groups_->maximizes(group);
    for (const Tensor& param : groups_->params(group)) {
      if (Tensor gradient = param.grad(); gradient.defined())
        update_one(group, param, std::move(gradient), maximizes);
    }
  }
}

Tensor Optimizer::step(const std::function<Tensor()>& closure) {
  check(closure != nullptr, "{}: the closure of step() is empty", name());
  const Tensor loss = [&] {
    const EnableGradGuard grad;
    return closure();
  }();
  step();
  return loss;
}

Optimizer::State& Optimizer::state(const Tensor& param) {
  const auto found = state_.find(&param.impl());
  return found != state_.end() ? found->second : state_.emplace(&param.impl(), initial_state()).first->second;
}

void Optimizer::update_one(std::size_t group, const Tensor& param, Tensor gradient, bool maximizes) {
  const char* const op = name();
  const DType dtype = param.dtype();
  State& state = this->state(param);
  state.convert_to(dtype);
  if (gradient.dtype() != dtype) gradient = gradient.to(dtype);
  if (!gradient.is_contiguous()) gradient = gradient.contiguous();
  if (maximizes) gradient = -gradient;
  check(gradient.shape() == param.shape(),
        "{}: a gradient of shape {} does not fit its parameter of shape {}", op, gradient.shape(),
        param.shape());
  if (param.is_contiguous()) {
    update(group, param, gradient, state);
    param.impl().storage->note_write(op);
  } else {
    const Tensor values = param.contiguous();
    update(group, values, gradient, state);
    param.copy_(values);
  }
}

void Optimizer::update(std::size_t, const Tensor&, const Tensor&, State&) {
  throw Error(fmt::format("{}: has neither update() nor a step() of its own", name()));
}

Shape Optimizer::state_shape(std::string_view, const Tensor& param) const { return param.shape(); }

void Optimizer::zero_grad() {
  for (std::size_t group = 0; group < num_groups(); ++group) {
    for (const Tensor& param : groups_->params(group)) param.zero_grad();
  }
}

void Optimizer::set_lr(double lr) {
  for (std::size_t group = 0; group < num_groups(); ++group) set_group_lr(group, lr);
}

double Optimizer::group_lr(std::size_t group) const {
  check_group(group);
  return groups_->lr(group);
}

void Optimizer::set_group_lr(std::size_t group, double lr) {
  check(lr >= 0, "optim: the learning rate is {}; expected 0 or more", lr);
  check_group(group);
  groups_->lr(group) = lr;
}

std::optional<double> Optimizer::initial_lr(std::size_t group) const {
  check_group(group);
  return groups_->initial_lr(group);
}

void Optimizer::set_initial_lr(std::size_t group, std::optional<double> lr) {
  check_group(group);
  groups_->initial_lr(group) = lr;
}

bool Optimizer::has_option(std::string_view name) const {
  bool found = false;
  if (num_groups() == 0) return found;  // moved away
  groups_->visit(0, [&](std::string_view option, double) { found = found || option == name; });
  return found;
}

void Optimizer::check_group(std::size_t group) const {
  check(group < num_groups(), "{}: there is no group {}; there are {}", name(), group, num_groups());
}

double Optimizer::option(std::size_t group, std::string_view name) const {
  check_group(group);
  std::optional<double> found;
  groups_->visit(group, [&](std::string_view option, double value) {
    if (option == name) found = value;
  });
  check(found.has_value(), "{}: there is no option \"{}\"", this->name(), name);
  return *found;
}

void Optimizer::set_option(std::size_t group, std::string_view name, double value) {
  static_cast<void>(option(group, name));  // throws where there is none
  groups_->visit(group, [&](std::string_view option, double& stored) {
    if (option == name) stored = value;
  });
}

std::vector<Tensor> Optimizer::parameters() const {
  std::vector<Tensor> all;
  for (std::size_t group = 0; group < num_groups(); ++group) {
    const std::vector<Tensor>& params = groups_->params(group);
    all.insert(all.end(), params.begin(), params.end());
  }
  return all;
}

void Optimizer::check_any(std::size_t count) {
  check(count > 0, "optim: the list of parameters is empty; is a module's register_parameter missing?");
}

void Optimizer::check_params(const std::vector<Tensor>& params, std::string_view op) const {
  std::unordered_set<const xtape::detail::TensorImpl*> seen;
  for (const Tensor& param : parameters()) seen.insert(&param.impl());
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

}  // namespace xtape::optim
