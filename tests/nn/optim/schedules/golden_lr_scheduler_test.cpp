// Schedulers against the learning rates and momentums that PyTorch's give, in tests/golden/lr_scheduler.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <xtape/optim.hpp>

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

template <class T>
void read(const json& args, const std::string& name, T& value) {
  if (args.contains(name)) value = args.at(name).get<T>();
}
template <class T>
void read(const json& args, const std::string& name, std::optional<T>& value) {
  if (args.contains(name)) value = args.at(name).get<T>();
}
template <class Enum>
void read(const json& args, const std::string& name, optim::Choice<Enum>& value) {
  if (args.contains(name)) value = args.at(name).get<std::string>();
}
void read(const json& args, const std::string& name, optim::Integers& value) {
  if (args.contains(name)) value = args.at(name).get<std::vector<int>>();
}
void read(const json& args, const std::string& name, OneOrMore<double>& value) {
  if (!args.contains(name)) return;
  if (args.at(name).is_array())
    value = args.at(name).get<std::vector<double>>();
  else
    value = args.at(name).get<double>();
}

/// The functions that the golden file names.
LRLambda function(const std::string& name) {
  if (name == "inverse") return [](std::int64_t t) { return 1 / (1 + static_cast<double>(t)); };
  if (name == "power") return [](std::int64_t t) { return std::pow(0.95, t); };
  check(name == "stairs", "no function {}", name);
  return [](std::int64_t t) { return t / 10; };
}
void read(const json& args, const std::string& name, OneOrMore<LRLambda>& value) {
  const json& names = args.at(name);
  if (names.is_string()) {
    value = function(names);
    return;
  }
  std::vector<LRLambda> functions;
  for (const json& each : names) functions.push_back(function(each));
  value = functions;
}

using Maker = std::unique_ptr<LRScheduler> (*)(Optimizer&, const json&);

/// From options, which the golden file names as Python does.
template <class Schedule>
std::unique_ptr<LRScheduler> make_schedule(Optimizer& target, const json& args) {
  typename Schedule::options_type options;
  optim::each_field(options,
                    [&](const auto& field, auto& value) { read(args, std::string(field.name), value); });
  return std::make_unique<Schedule>(target, options);
}

template <class... Schedules>
std::map<std::string, Maker> makers(const std::tuple<Schedules...>*) {
  return {{testing::class_name<Schedules>(), make_schedule<Schedules>}...};
}
const std::map<std::string, Maker> kMakers = makers(static_cast<const testing::Schedules*>(nullptr));

/// An optimiser with a group for each learning rate.
template <class Optimizer, class Group>
std::unique_ptr<optim::Optimizer> make(const std::vector<double>& lrs) {
  std::vector<Group> groups;
  for (const double lr : lrs) groups.push_back({.params = {zeros({1}, {.requires_grad = true})}, .lr = lr});
  return std::make_unique<Optimizer>(groups);
}

std::unique_ptr<Optimizer> make_optimizer(const json& value) {
  const auto lrs = value.at("lrs").get<std::vector<double>>();
  if (value.at("optimizer") == "Adam") return make<optim::Adam, optim::AdamParamGroup>(lrs);
  if (value.at("optimizer") == "RMSprop") return make<optim::RMSprop, optim::RMSpropParamGroup>(lrs);
  std::unique_ptr<Optimizer> sgd = make<optim::SGD, optim::SGDParamGroup>(lrs);
  for (std::size_t group = 0; group < lrs.size(); ++group) sgd->set_option(group, "momentum", 0.9);
  return sgd;
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
    schedulers.push_back(kMakers.at(scheduler.at("class"))(*target, scheduler.at("args")));
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
  for (const auto& [name, maker] : kMakers) all[name] = follow_file;
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_lr_scheduler)
const RegisterTests register_tests("lr_scheduler", tests());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
