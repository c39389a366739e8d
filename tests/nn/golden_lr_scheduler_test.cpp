// Schedulers against the learning rates and momentums that PyTorch's give, in tests/golden/lr_scheduler.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <xtape/optim.hpp>

#include "tests/golden.hpp"

namespace xtape::golden {
namespace {

using nlohmann::json;
using optim::LRLambda;
using optim::LRScheduler;
using optim::Optimizer;
using optim::PerGroup;

// Cosine differs by a rounding between libraries, and a sum of many may pass near 0.
constexpr Tolerances kTolerances{.float32 = {1e-6, 1e-6}, .float64 = {1e-12, 1e-14}};

template <class T>
void read(const json& args, const char* name, T& value) {
  if (args.contains(name)) value = args.at(name).get<T>();
}
template <class T>
void read(const json& args, const char* name, std::optional<T>& value) {
  if (args.contains(name)) value = args.at(name).get<T>();
}
void read(const json& args, const char* name, std::string_view& value) {
  if (args.contains(name)) value = args.at(name).get_ref<const std::string&>();
}
void read(const json& args, const char* name, PerGroup<double>& value) {
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

std::unique_ptr<LRScheduler> step_lr(Optimizer& target, const json& args) {
  optim::StepLROptions options;
  read(args, "step_size", options.step_size);
  read(args, "gamma", options.gamma);
  return std::make_unique<optim::StepLR>(target, options);
}

std::unique_ptr<LRScheduler> multi_step_lr(Optimizer& target, const json& args) {
  optim::MultiStepLROptions options{.milestones = args.at("milestones").get<std::vector<int>>()};
  read(args, "gamma", options.gamma);
  return std::make_unique<optim::MultiStepLR>(target, options);
}

std::unique_ptr<LRScheduler> exponential_lr(Optimizer& target, const json& args) {
  return std::make_unique<optim::ExponentialLR>(target, args.at("gamma").get<double>());
}

std::unique_ptr<LRScheduler> linear_lr(Optimizer& target, const json& args) {
  optim::LinearLROptions options;
  read(args, "start_factor", options.start_factor);
  read(args, "end_factor", options.end_factor);
  read(args, "total_iters", options.total_iters);
  return std::make_unique<optim::LinearLR>(target, options);
}

std::unique_ptr<LRScheduler> cosine_annealing_lr(Optimizer& target, const json& args) {
  optim::CosineAnnealingLROptions options;
  read(args, "T_max", options.T_max);
  read(args, "eta_min", options.eta_min);
  return std::make_unique<optim::CosineAnnealingLR>(target, options);
}

std::unique_ptr<LRScheduler> lambda_lr(Optimizer& target, const json& args) {
  const json& names = args.at("lr_lambda");
  if (names.is_string()) return std::make_unique<optim::LambdaLR>(target, function(names));
  std::vector<LRLambda> functions;
  for (const json& name : names) functions.push_back(function(name));
  return std::make_unique<optim::LambdaLR>(target, functions);
}

std::unique_ptr<LRScheduler> one_cycle_lr(Optimizer& target, const json& args) {
  optim::OneCycleLROptions options;
  read(args, "max_lr", options.max_lr);
  read(args, "total_steps", options.total_steps);
  read(args, "epochs", options.epochs);
  read(args, "steps_per_epoch", options.steps_per_epoch);
  read(args, "pct_start", options.pct_start);
  read(args, "anneal_strategy", options.anneal_strategy);
  read(args, "cycle_momentum", options.cycle_momentum);
  read(args, "base_momentum", options.base_momentum);
  read(args, "max_momentum", options.max_momentum);
  read(args, "div_factor", options.div_factor);
  read(args, "final_div_factor", options.final_div_factor);
  read(args, "three_phase", options.three_phase);
  return std::make_unique<optim::OneCycleLR>(target, options);
}

std::unique_ptr<LRScheduler> reduce_lr_on_plateau(Optimizer& target, const json& args) {
  optim::ReduceLROnPlateauOptions options;
  read(args, "mode", options.mode);
  read(args, "factor", options.factor);
  read(args, "patience", options.patience);
  read(args, "threshold", options.threshold);
  read(args, "threshold_mode", options.threshold_mode);
  read(args, "cooldown", options.cooldown);
  read(args, "min_lr", options.min_lr);
  read(args, "eps", options.eps);
  return std::make_unique<optim::ReduceLROnPlateau>(target, options);
}

const std::map<std::string, std::unique_ptr<LRScheduler> (*)(Optimizer&, const json&)> kMakers{
    {"StepLR", step_lr},
    {"MultiStepLR", multi_step_lr},
    {"ExponentialLR", exponential_lr},
    {"LinearLR", linear_lr},
    {"CosineAnnealingLR", cosine_annealing_lr},
    {"LambdaLR", lambda_lr},
    {"OneCycleLR", one_cycle_lr},
    {"ReduceLROnPlateau", reduce_lr_on_plateau}};

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
