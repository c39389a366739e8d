// state_dict and load_state_dict of an optimiser.
#include <fmt/format.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "io/utf8.hpp"
#include "nn/optim/optimizer.hpp"

namespace xtape::optim {

namespace {

std::string state_name(std::size_t param, std::string_view what) {
  return fmt::format("state.{}.{}", param, what);
}
std::string group_name(std::size_t group, std::string_view what) {
  return fmt::format("param_groups.{}.{}", group, what);
}

constexpr double kMaxSteps = 1e15;  // of training: far from where integers or doubles end
constexpr std::string_view kInitialLr = "initial_lr";

/// Looks up the entries of a state and notes what is wrong with them.
class Inspection {
 public:
  explicit Inspection(const StateDict& dict) : dict_(dict) {}

  /// Whether there is a value of that name; an entry without one is a fault.
  bool has(const std::string& name) {
    known_.insert(name);
    if (!dict_.contains(name)) return false;
    if (!dict_.at(name).defined()) note("undefined: \"{}\"", name);
    return dict_.at(name).defined();
  }
  bool has(const std::string& name, std::int64_t count) {
    if (!has(name)) return false;
    const std::int64_t held = dict_.at(name).numel();
    if (held != count) note("\"{}\" holds {} values; expected {}", name, held, count);
    return held == count;
  }
  void require(const std::string& name, std::int64_t count) {
    if (!dict_.contains(name)) note("missing: \"{}\"", name);
    static_cast<void>(has(name, count));
  }
  template <class... Args>
  void note(fmt::format_string<const Args&...> text, const Args&... args) {
    faults_ += "\n  " + fmt::format(text, args...);
  }
  /// What was noted, and the entries that nobody asked for.
  std::string faults() {
    std::vector<std::string> unexpected;
    for (const std::string& name : dict_.keys()) {
      if (!known_.contains(name)) unexpected.push_back(name);
    }
    if (!unexpected.empty()) note("unexpected: {}", io::printable_list(unexpected));
    return faults_;
  }

 private:
  const StateDict& dict_;
  std::set<std::string> known_;
  std::string faults_;
};

/// Writes the options that a state holds for a group.
auto loaded_options(const StateDict& dict, std::size_t group) {
  return [&dict, group](std::string_view option, double& value) {
    value = dict.at(group_name(group, option)).item<double>();
  };
}

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
    with_options(group, save);
    if (initial_lr(group)) save(kInitialLr, *initial_lr(group));
    const auto count = static_cast<std::int64_t>(group_params(group).size());
    dict.insert(group_name(group, "params"), arange(first, first + count));
    first += count;
  }
  return dict;
}

void Optimizer::check_loadable(const StateDict& dict) const {
  Inspection inspection(dict);
  const std::vector<Tensor> params = all_params();
  for (std::size_t i = 0; i < params.size(); ++i) {
    const std::string step = state_name(i, "step");
    if (inspection.has(step, 1)) {
      const auto steps = dict.at(step).item<double>();
      if (!(steps >= 0 && steps <= kMaxSteps && steps == std::floor(steps)))
        inspection.note("\"{}\" is {}; expected a number of steps", step, steps);
    }
    for (const std::string_view slot : slot_names()) {
      const std::string name = state_name(i, slot);
      if (!inspection.has(name) || dict.at(name).shape() == params[i].shape()) continue;
      inspection.note("wrong shape: \"{}\" is {}; expected {}", name, dict.at(name).shape(),
                      params[i].shape());
    }
  }
  for (std::size_t group = 0; group < num_groups(); ++group) {
    with_options(group,
                 [&](std::string_view option, double) { inspection.require(group_name(group, option), 1); });
    const std::string initial = group_name(group, kInitialLr);
    if (inspection.has(initial, 1)) {
      const auto lr = dict.at(initial).item<double>();
      if (!std::isfinite(lr)) inspection.note("\"{}\" is {}; expected a number", initial, lr);
    }
    inspection.require(group_name(group, "params"), static_cast<std::int64_t>(group_params(group).size()));
  }
  std::string faults = inspection.faults();
  for (std::size_t group = 0; faults.empty() && group < num_groups(); ++group) {
    try {
      check_options_with(group, loaded_options(dict, group));
    } catch (const Error& error) {
      faults = fmt::format("\n  param_groups.{}: {}", group, error.what());
    }
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
    visit_options(group, loaded_options(dict, group));
    const std::string initial = group_name(group, kInitialLr);
    set_initial_lr(group,
                   dict.contains(initial) ? std::optional(dict.at(initial).item<double>()) : std::nullopt);
  }
}

}  // namespace xtape::optim
