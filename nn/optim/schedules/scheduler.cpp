// Stepping, and saving and loading a scheduler's state.
#include "nn/optim/schedules/scheduler.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/detail/state_check.hpp"

namespace xtape::optim {

namespace {
constexpr std::int64_t kMaxEpoch =
    1'000'000'000'000'000;  // exact as a double, and far from where integers end
}

Optimizer& LRScheduler::optimizer() const {
  check(optimizer_ != nullptr && *optimizer_ != nullptr, "{}: its optimiser is gone", name());
  return **optimizer_;
}

void LRScheduler::start(std::int64_t last_epoch, std::vector<double> initial_lrs) {
  check(last_epoch >= -1 && last_epoch <= kMaxEpoch, "{}: last_epoch is {}; expected -1 to {}", name(),
        last_epoch, kMaxEpoch);
  Optimizer& target = optimizer();
  for (std::size_t group = initial_lrs.size(); group < target.num_groups(); ++group) {
    const std::optional<double> initial = target.initial_lr(group);
    check(last_epoch == -1 || initial.has_value(),
          "{}: last_epoch is {}, but group {} has no initial_lr; load the optimiser's state before, or set "
          "the group's initial_lr",
          name(), last_epoch, group);
    initial_lrs.push_back(initial.value_or(target.group_lr(group)));
  }
  base_lrs_ = std::move(initial_lrs);
  check_settings();
  last_epoch_ = last_epoch;
  step();
  for (std::size_t group = 0; group < base_lrs_.size(); ++group)
    target.set_initial_lr(group, base_lrs_[group]);
}

void LRScheduler::start_unchanged() {
  const Optimizer& target = optimizer();
  for (std::size_t group = 0; group < target.num_groups(); ++group)
    base_lrs_.push_back(target.group_lr(group));
  check_settings();
  last_lr_ = base_lrs_;
  last_epoch_ = 0;
}

void LRScheduler::step() {
  const Optimizer& target = optimizer();
  std::vector<double> lrs;
  for (std::size_t group = 0; group < target.num_groups(); ++group) {
    lrs.push_back(lr_at(last_epoch_ + 1, group, target.group_lr(group)));
  }
  set_lrs(std::move(lrs));
  stepped();
}

void LRScheduler::set_lrs(std::vector<double> lrs) {
  for (std::size_t group = 0; group < lrs.size(); ++group) {
    check(std::isfinite(lrs[group]), "{}: the learning rate of group {} would be {} at epoch {}", name(),
          group, lrs[group], last_epoch_ + 1);
  }
  for (std::size_t group = 0; group < lrs.size(); ++group) optimizer().set_option(group, "lr", lrs[group]);
  last_lr_ = std::move(lrs);
  ++last_epoch_;
}

void LRScheduler::visit_state(const StateVisitor& f) {
  f("last_epoch", &last_epoch_);
  f("base_lrs", &base_lrs_);
  f("last_lr", &last_lr_);
}

namespace {

Tensor to_tensor(bool value) { return xtape::detail::scalar_tensor(value, kBool); }
Tensor to_tensor(std::int64_t value) { return xtape::detail::scalar_tensor(value, kInt64); }
Tensor to_tensor(double value) { return xtape::detail::scalar_tensor(value, kFloat64); }
template <class T>
Tensor to_tensor(const std::vector<T>& values) {
  return from_vector(values, {values.size()});
}

template <class T>
T from_tensor(const Tensor& x, const T&) {
  return x.item<T>();
}
template <class T>
std::vector<T> from_tensor(const Tensor& x, const std::vector<T>&) {
  return x.to_vector<T>();
}

/// Notes what keeps `x` from being a value of that type.
template <class T>
void inspect(nn::detail::StateCheck& check, std::string_view name, const Tensor& x, const T&) {
  if (!check.has_dtype(name, x, to_tensor(T{}).dtype())) return;
  if constexpr (std::is_arithmetic_v<T>)
    check.has_count(name, x, 1);
  else
    check.is_list(name, x);
}

}  // namespace

StateDict LRScheduler::state_dict() const {
  StateDict dict;
  const_cast<LRScheduler*>(this)->visit_state([&](std::string_view name, StateValue value) {
    std::visit([&](const auto* stored) { dict.insert(std::string(name), to_tensor(*stored)); }, value);
  });
  return dict;
}

void LRScheduler::check_fits(const StateDict& dict) const {
  nn::detail::StateCheck check(dict);
  const_cast<LRScheduler*>(this)->visit_state([&](std::string_view name, StateValue value) {
    const Tensor* found = check.require(name);
    if (found == nullptr) return;
    std::visit([&](const auto* stored) { inspect(check, name, *found, *stored); }, value);
  });
  check.finish(name());
}

void LRScheduler::assign(const StateDict& dict) {
  visit_state([&](std::string_view name, StateValue value) {
    std::visit([&](auto* stored) { *stored = from_tensor(dict.at(name), *stored); }, value);
  });
}

void LRScheduler::check_epoch_and_lrs() const {
  check(last_epoch_ >= 0 && last_epoch_ <= kMaxEpoch,
        "load_state_dict: the state of {} has last_epoch {}; expected 0 to {}", name(), last_epoch_,
        kMaxEpoch);
  for (const double lr : base_lrs_) {
    check(std::isfinite(lr), "load_state_dict: the state of {} has a base_lr of {}", name(), lr);
  }
  // groups that are added later have a last learning rate alone
  const std::size_t least = base_lrs_.size(), most = std::max(least, optimizer().num_groups());
  check(last_lr_.size() >= least && last_lr_.size() <= most,
        "load_state_dict: the state of {} holds {} values of last_lr for {} groups; expected as many", name(),
        last_lr_.size(), most);
}

void LRScheduler::load_state_dict(const StateDict& dict) {
  check_fits(dict);
  const std::size_t groups = base_lrs_.size();
  const StateDict before = state_dict();
  assign(dict);
  try {
    check(base_lrs_.size() == groups, "load_state_dict: the state of {} is of {} groups; expected {}", name(),
          base_lrs_.size(), groups);
    check_epoch_and_lrs();
    check_settings();
  } catch (...) {
    assign(before);
    throw;
  }
}

}  // namespace xtape::optim
