// The schedules of the library without their types, so that a test of all of them is compiled once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nn/optim/schedules/schedules.hpp"

namespace xtape::testing {

/// A setting that is one of a few words.
struct WordPointer {
  std::vector<std::string_view> words;
  std::function<void(std::string_view word)> set;
};
/// A setting of any type.
using SettingPointer = std::variant<bool*, std::int64_t*, double*, std::optional<std::int64_t>*,
                                    std::optional<double>*, optim::Integers*, optim::OneOrMore<double>*,
                                    optim::OneOrMore<optim::LRLambda>*, WordPointer>;
/// May write the setting of that name.
using SettingWriter = std::function<void(std::string_view name, const SettingPointer& value)>;

struct ScheduleKind {
  using Made = std::unique_ptr<optim::LRScheduler>;
  struct Setting {
    std::string name;
    std::string saved;  ///< its name in state_dict(); "" where it is not saved
  };

  std::string name;
  std::vector<Setting> settings;
  std::function<Made(optim::Optimizer& optimizer, const SettingWriter& settings)> make;
};

/// Each is tested by golden_lr_scheduler_test.cpp and by what all have to fulfil. The list is in
/// schedules.cpp.
const std::vector<ScheduleKind>& schedules();

}  // namespace xtape::testing
