// Stepping, and reading and writing options by their names.
#include "nn/optim/optimizer.hpp"

#include <unordered_set>
#include <utility>

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
      if (Tensor gradient = param.grad(); gradient.defined()) update_one(group, param, std::move(gradient));
    }
  }
}

void Optimizer::update_one(std::size_t group, const Tensor& param, Tensor gradient) {
  const DType dtype = param.dtype();
  State& state = state_[&param.impl()];
  for (Tensor& slot : state.slots) {
    if (slot.defined() && slot.dtype() != dtype) slot = slot.to(dtype);  // the module was converted since
  }
  if (gradient.dtype() != dtype) gradient = gradient.to(dtype);
  if (!gradient.is_contiguous()) gradient = gradient.contiguous();
  if (maximizes(group)) gradient = -gradient;
  check(gradient.shape() == param.shape(),
        "{}: a gradient of shape {} does not fit its parameter of shape {}", name(), gradient.shape(),
        param.shape());
  if (param.is_contiguous()) {
    update(group, param, gradient, state);
    param.impl().storage->note_write(name());
  } else {
    const Tensor values = param.contiguous();
    update(group, values, gradient, state);
    param.copy_(values);
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

void Optimizer::zero_grad() {
  for (std::size_t group = 0; group < num_groups(); ++group) {
    for (const Tensor& param : group_params(group)) param.zero_grad();
  }
}

void Optimizer::set_lr(double lr) {
  for (std::size_t group = 0; group < num_groups(); ++group) set_group_lr(group, lr);
}

void Optimizer::with_options(std::size_t group,
                             const std::function<void(std::string_view, double)>& f) const {
  const_cast<Optimizer*>(this)->visit_options(
      group, [&](std::string_view option, const double& value) { f(option, value); });
}

bool Optimizer::has_option(std::string_view name) const {
  bool found = false;
  if (num_groups() == 0) return found;  // moved away
  with_options(0, [&](std::string_view option, double) { found = found || option == name; });
  return found;
}

void Optimizer::check_group(std::size_t group) const {
  check(group < num_groups(), "{}: there is no group {}; there are {}", name(), group, num_groups());
}

double Optimizer::option(std::size_t group, std::string_view name) const {
  check_group(group);
  std::optional<double> found;
  with_options(group, [&](std::string_view option, double value) {
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

}  // namespace xtape::optim
