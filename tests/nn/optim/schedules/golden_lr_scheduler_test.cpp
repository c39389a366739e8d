// Schedulers against the learning rates and momentums that PyTorch's give, in tests/golden/lr_scheduler.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <xtape/optim.hpp>

#include "tests/nn/optim/optimizers.hpp"
#include "tests/nn/optim/schedules/schedules.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

using nlohmann::json;
using optim::LRLambda;
using optim::LRScheduler;
using optim::OneOrMore;
using optim::Optimizer;

// Cosine differs by a rounding between libraries, and a sum of many may pass near 0.
constexpr Tolerances kTolerances{.float32 = {1e-6, 1e-6}, .float64 = {1e-12, 1e-14}};

/// The functions that the golden file names.
LRLambda function(const std::string& name) {
  if (name == "inverse") return [](std::int64_t t) { return 1 / (1 + static_cast<double>(t)); };
  if (name == "power") return [](std::int64_t t) { return std::pow(0.95, t); };
  check(name == "stairs", "no function {}", name);
  return [](std::int64_t t) { return t / 10; };
}
/// Reads a value of JSON into a setting.
struct Read {
  const json& from;

  void operator()(bool* x) const { *x = from.get<bool>(); }
  void operator()(std::int64_t* x) const { *x = from.get<std::int64_t>(); }
  void operator()(double* x) const { *x = from.get<double>(); }
  void operator()(std::optional<std::int64_t>* x) const { *x = from.get<std::int64_t>(); }
  void operator()(std::optional<double>* x) const { *x = from.get<double>(); }
  void operator()(optim::Integers* x) const { *x = from.get<std::vector<int>>(); }
  void operator()(OneOrMore<double>* x) const {
    if (from.is_array())
      *x = from.get<std::vector<double>>();
    else
      *x = from.get<double>();
  }
  void operator()(OneOrMore<LRLambda>* x) const {
    if (from.is_string()) {
      *x = function(from);
      return;
    }
    std::vector<LRLambda> functions;
    for (const json& each : from) functions.push_back(function(each));
    *x = functions;
  }
  void operator()(const testing::WordPointer& x) const { x.set(from.get<std::string>()); }
};

/// With the settings of `args`, which the golden file names as Python does.
std::unique_ptr<LRScheduler> make_schedule(Optimizer& target, const std::string& name, const json& args) {
  const auto kind = std::ranges::find(testing::schedules(), name, &testing::ScheduleKind::name);
  BOOST_REQUIRE_MESSAGE(kind != testing::schedules().end(), "no schedule " << name);
  return kind->make(target, [&](std::string_view setting, const testing::SettingPointer& value) {
    if (args.contains(setting)) std::visit(Read{args.at(std::string(setting))}, value);
  });
}

/// An optimiser with a group for each learning rate; SGD has momentum.
std::unique_ptr<Optimizer> make_optimizer(const json& value) {
  const auto name = value.at("optimizer").get<std::string>();
  const auto kind = std::ranges::find(testing::optimizers(), name, &testing::OptimizerKind::name);
  BOOST_REQUIRE_MESSAGE(kind != testing::optimizers().end(), "no optimiser " << name);
  const auto lrs = value.at("lrs").get<std::vector<double>>();
  const auto defaults = [](std::string_view, const testing::OptionPointer&) { return false; };
  std::vector<testing::OptimizerKind::Group> groups;
  for (std::size_t i = 0; i < lrs.size(); ++i)
    groups.push_back({{zeros({1}, {.requires_grad = true})}, defaults});
  std::unique_ptr<Optimizer> made = kind->make_groups(groups, defaults);
  for (std::size_t group = 0; group < lrs.size(); ++group) {
    made->set_group_lr(group, lrs[group]);
    if (name == "SGD") made->set_option(group, "momentum", 0.9);
  }
  return made;
}

std::vector<double> options_of(const Optimizer& target, std::string_view name) {
  std::vector<double> values;
  for (std::size_t group = 0; group < target.num_groups(); ++group)
    values.push_back(target.option(group, name));
  return values;
}

void expect_same(const std::vector<double>& actual, const json& expected, std::size_t step,
                 const char* what) {
  const auto values = expected.at(step).get<std::vector<double>>();
  const Shape shape{values.size()};
  const std::string fault = difference(from_vector(actual, shape), from_vector(values, shape), kTolerances);
  BOOST_REQUIRE_MESSAGE(fault.empty(), what << " after " << step << " steps: " << fault);
}

void follow(const json& value) {
  const std::unique_ptr<Optimizer> target = make_optimizer(value);
  std::vector<std::unique_ptr<LRScheduler>> schedulers;
  for (const json& scheduler : value.at("schedulers")) {
    schedulers.push_back(make_schedule(*target, scheduler.at("class"), scheduler.at("args")));
  }
  const json& lrs = value.at("learning_rates");
  for (std::size_t step = 0; step < lrs.size(); ++step) {
    for (const json& change : value.at("changes")) {
      if (change.at(0) == step) target->set_group_lr(change.at(1), change.at(2));
    }
    for (const auto& scheduler : schedulers) {
      if (step == 0) continue;  // the constructor's
      if (value.contains("metrics"))
        dynamic_cast<optim::ReduceLROnPlateau&>(*scheduler).step(read_real(value.at("metrics").at(step - 1)));
      else
        scheduler->step();
    }
    expect_same(options_of(*target, "lr"), lrs, step, "learning rates");
    BOOST_TEST(schedulers.back()->get_last_lr() == options_of(*target, "lr"));
    BOOST_TEST(schedulers.back()->last_epoch() == static_cast<std::int64_t>(step));
    if (value.contains("momentums")) {
      const char* name = target->has_option("beta1") ? "beta1" : "momentum";
      expect_same(options_of(*target, name), value.at("momentums"), step, name);
    }
  }
}

void follow_file(const std::string& file) {
  const json cases = read_json(file).at("cases");
  BOOST_REQUIRE_MESSAGE(!cases.empty(), file << " holds no cases");
  for (const json& value : cases) {
    BOOST_TEST_CONTEXT("schedule " << value.at("name")) { follow(value); }
  }
}

std::map<std::string, FileTest> tests() {
  std::map<std::string, FileTest> all{{"chained", follow_file}};
  for (const testing::ScheduleKind& kind : testing::schedules()) all[kind.name] = follow_file;
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_lr_scheduler)
const RegisterTests register_tests("lr_scheduler", tests());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
