// ScheduleOf: a scheduler whose settings are a struct of options that lists its fields.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <utility>

#include "autograd/base/choice.hpp"
#include "autograd/base/lists.hpp"
#include "nn/optim/fields.hpp"
#include "nn/optim/schedules/scheduler.hpp"

namespace xtape::optim {

// The types of settings: a list of integers, one value or one for each group, one of a few words.
using xtape::detail::Choice;
using xtape::detail::Integers;
using xtape::detail::OneOrMore;

// How a setting shows its value to f(name, pointer), by its type.

template <class T>
requires std::constructible_from<LRScheduler::StateValue, T*>
void visit_setting(std::string_view name, T& value, const LRScheduler::StateVisitor& f) { f(name, &value); }
template <class T>
void visit_setting(std::string_view name, std::optional<T>& value, const LRScheduler::StateVisitor& f) {
  f(name, &value.value());  // the constructor has set it
}
inline void visit_setting(std::string_view name, OneOrMore<double>& value,
                          const LRScheduler::StateVisitor& f) {
  f(name, &value.values());
}
inline void visit_setting(std::string_view name, Integers& value, const LRScheduler::StateVisitor& f) {
  f(name, &value.values());
}
template <class Enum>
void visit_setting(std::string_view name, Choice<Enum>& value, const LRScheduler::StateVisitor& f) {
  bool is_second = value.value() == Enum(1);
  f(name, &is_second);
  value = Enum(is_second);
}

/// `Options` list their fields (fields.hpp): all settings, all of which but functions are saved. A
/// derived class calls start() at the end of its constructor.
template <class Options>
class ScheduleOf : public LRScheduler {
 public:
  using options_type = Options;

 protected:
  // What is asserted here and not of the class, only who makes a schedule compiles.
  ScheduleOf(Optimizer& optimizer, const Options& options) : LRScheduler(optimizer), settings_(options) {
    static_assert(lists_every_member<Options>(), "fields() must list each member of these options once");
  }

  const Options& settings() const { return settings_; }
  void start(std::vector<double> initial_lrs = {}) {
    LRScheduler::start(settings_.last_epoch, std::move(initial_lrs));
  }
  void visit_state(const StateVisitor& f) override {
    LRScheduler::visit_state(f);
    each_field(settings_, [&](const auto& field, auto& value) {
      if constexpr (requires { visit_setting(field.saved, value, f); })
        if (!field.saved.empty()) visit_setting(field.saved, value, f);
    });
  }

 private:
  Options settings_;
};

/// Makes a setting one value per group. Throws unless there was one, or as many as groups.
template <class T>
void give_to_groups(OneOrMore<T>& setting, std::size_t groups, std::string_view scheduler,
                    std::string_view option) {
  std::vector<T>& values = setting.values();
  check(!values.empty(), "{}: {} is not set", scheduler, option);
  check(values.size() == 1 || values.size() == groups, "{}: {} has {} values; the optimiser has {} {}",
        scheduler, option, values.size(), groups, groups == 1 ? "group" : "groups");
  if (values.size() == 1) values.resize(groups, T(values[0]));
}

/// Options with a required argument, which a constructor takes by position.
template <class Options, class T, class U>
Options with(Options options, T Options::*member, U&& value) {
  options.*member = std::forward<U>(value);
  return options;
}

}  // namespace xtape::optim
