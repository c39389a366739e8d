#include "tests/nn/optim/schedules/schedules.hpp"

#include <tuple>
#include <xtape/optim.hpp>

#include "tests/nn/optim/class_name.hpp"

namespace xtape::testing {

namespace {

using Schedules =
    std::tuple<optim::StepLR, optim::MultiStepLR, optim::ExponentialLR, optim::LinearLR,
               optim::CosineAnnealingLR, optim::LambdaLR, optim::OneCycleLR, optim::ReduceLROnPlateau>;

template <class T>
SettingPointer pointer(T& value) {
  return &value;
}
template <class Enum>
SettingPointer pointer(optim::Choice<Enum>& value) {
  constexpr auto all = words(Enum());
  return WordPointer{{all.begin(), all.end()}, [&value](std::string_view word) { value = word; }};
}

template <class Schedule>
ScheduleKind kind() {
  using Options = typename Schedule::options_type;
  ScheduleKind result;
  result.name = class_name<Schedule>();
  const Options defaults;
  optim::each_field(defaults, [&](const auto& field, const auto&) {
    result.settings.push_back({std::string(field.name), std::string(field.saved)});
  });
  result.make = [](optim::Optimizer& optimizer, const SettingWriter& write) {
    Options options;
    optim::each_field(options, [&](const auto& field, auto& value) { write(field.name, pointer(value)); });
    return std::make_unique<Schedule>(optimizer, options);
  };
  return result;
}

template <class... Each>
std::vector<ScheduleKind> kinds(const std::tuple<Each...>*) {
  return {kind<Each>()...};
}

}  // namespace

const std::vector<ScheduleKind>& schedules() {
  static const std::vector<ScheduleKind> all = kinds(static_cast<const Schedules*>(nullptr));
  return all;
}

}  // namespace xtape::testing
