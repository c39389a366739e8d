// What every schedule has to fulfil, setting by setting, and how a program writes one of its own. The list of
// schedules is held against the sources.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/nn/optim/schedules/polynomial_lr.hpp"
#include "tests/nn/optim/schedules/schedules.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/sources.hpp"

namespace xtape::testing {

namespace {

optim::SGD sgd(double lr = 0.1) {
  return optim::SGD({ones({1}, {.requires_grad = true})}, {.lr = lr, .momentum = 0.9});
}

/// Options that hold what is required, and where each field may be changed alone.
template <class Options>
Options base() {
  Options options;
  if constexpr (requires { options.step_size; }) options.step_size = 3;
  if constexpr (requires { options.milestones; }) options.milestones = {2, 5};
  if constexpr (requires { options.T_max; }) options.T_max = 4;
  if constexpr (requires { options.lr_lambda; }) options.lr_lambda = [](int) { return 0.5; };
  if constexpr (requires { options.max_lr; }) options = {.max_lr = 0.5, .total_steps = 10};
  if constexpr (std::is_same_v<decltype(options.*std::get<0>(Options::fields()).member),
                               std::optional<double>&>)
    options.gamma = 0.5;
  return options;
}

void change(double& x) { x = 0.5 * x + 0.125; }
void change(std::int64_t& x) { x += 2; }
void change(bool& x) { x = !x; }
void change(optim::Integers& x) { x = {7}; }
void change(optim::OneOrMore<double>& x) { x = 0.25; }
template <class T>
void change(std::optional<T>& x) {
  change(x.value());
}
template <class Enum>
void change(optim::Choice<Enum>& x) {
  x = Enum(1);
}

std::vector<std::string> differences(const StateDict& a, const StateDict& b) {
  std::vector<std::string> names;
  BOOST_TEST(a.keys() == b.keys());
  for (const auto& [name, value] : a) {
    const bool of_all = name == "last_epoch" || name == "base_lrs" || name == "last_lr";
    if (!of_all && !value.equal(b.at(name))) names.push_back(name);
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_all_schedules)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_setting_is_saved_and_loaded, Schedule, Schedules) {
  using Options = typename Schedule::options_type;
  const Options plain = base<Options>();
  optim::each_field(plain, [&](const auto& field, const auto& value) {
    if constexpr (requires(std::remove_cvref_t<decltype(value)> x) { change(x); }) {
      if (field.saved.empty()) return;
      BOOST_TEST_CONTEXT(class_name<Schedule>() << ": " << field.name) {
        Options other = plain;
        change(other.*field.member);
        optim::SGD a = sgd(), b = sgd();
        const Schedule first(a, other);
        Schedule second(b, plain);
        const std::vector<std::string> found = differences(first.state_dict(), second.state_dict());
        BOOST_TEST(std::ranges::count(found, std::string(field.saved)) == 1);
        second.load_state_dict(first.state_dict());
        BOOST_TEST(differences(first.state_dict(), second.state_dict()).empty());
      }
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(making_one_sets_the_rates_of_epoch_0, Schedule, Schedules) {
  optim::SGD optimizer = sgd();
  const Schedule schedule(optimizer, base<typename Schedule::options_type>());
  BOOST_TEST(schedule.last_epoch() == 0, class_name<Schedule>() << " does not call start()");
  BOOST_TEST(schedule.get_last_lr() == std::vector<double>{optimizer.lr()});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(another_state_is_refused_by_its_name, Schedule, Schedules) {
  optim::SGD optimizer = sgd();
  Schedule schedule(optimizer, base<typename Schedule::options_type>());
  StateDict dict = schedule.state_dict();
  dict["unknown"] = ones({1});
  expect_error([&] { schedule.load_state_dict(dict); }, "load_state_dict: the state does not fit this " +
                                                            class_name<Schedule>() +
                                                            ":\n  unexpected: \"unknown\"");
}

BOOST_AUTO_TEST_CASE(every_schedule_of_the_sources_is_tested) {
  const std::vector<std::string> listed = class_names(static_cast<const Schedules*>(nullptr));
  for (const std::string& name : source_classes("ScheduleOf"))
    BOOST_TEST(std::ranges::count(listed, name) == 1,
               name << " is not in tests/nn/optim/schedules/schedules.hpp");
}

BOOST_AUTO_TEST_CASE(what_is_required_stands_by_position_and_the_rest_are_options) {
  const auto same = []<class A, class B>(A make_first, B make_second) {
    optim::SGD one = sgd(), two = sgd();
    const auto first = make_first(one);
    const auto second = make_second(two);
    for (const auto& [name, value] : first.state_dict())
      BOOST_TEST(second.state_dict().at(name).equal(value), class_name<decltype(first)>() << ": " << name);
  };
  const auto half = [](int) { return 0.5; };
  same([](auto& o) { return optim::StepLR(o, 3, {.gamma = 0.5}); },
       [](auto& o) { return optim::StepLR(o, {.step_size = 3, .gamma = 0.5}); });
  same([](auto& o) { return optim::StepLR(o, 3, {}); }, [](auto& o) { return optim::StepLR(o, 3); });
  same(
      [](auto& o) {
        return optim::MultiStepLR(o, {2, 5}, {.gamma = 0.5});
      },
      [](auto& o) {
        return optim::MultiStepLR(o, {.milestones = {2, 5}, .gamma = 0.5});
      });
  same([](auto& o) { return optim::MultiStepLR(o, std::vector<int>{4}, {.gamma = 0.5}); },
       [](auto& o) { return optim::MultiStepLR(o, {4}, 0.5); });
  same([](auto& o) { return optim::ExponentialLR(o, 0.5, {.last_epoch = -1}); },
       [](auto& o) { return optim::ExponentialLR(o, {.gamma = 0.5}); });
  same([](auto& o) { return optim::CosineAnnealingLR(o, 10, {.eta_min = 1e-3}); },
       [](auto& o) { return optim::CosineAnnealingLR(o, 10, 1e-3); });
  same([&](auto& o) { return optim::LambdaLR(o, half, {.last_epoch = -1}); },
       [&](auto& o) { return optim::LambdaLR(o, half); });
  same([](auto& o) { return optim::OneCycleLR(o, 0.5, 10, {.pct_start = 0.5}); },
       [](auto& o) { return optim::OneCycleLR(o, {.max_lr = 0.5, .total_steps = 10, .pct_start = 0.5}); });
  same([](auto& o) { return optim::OneCycleLR(o, 0.5, {.epochs = 2, .steps_per_epoch = 5}); },
       [](auto& o) { return optim::OneCycleLR(o, 0.5, 10); });
  same([](auto& o) { return optim::ReduceLROnPlateau(o, {.mode = optim::PlateauMode::max}); },
       [](auto& o) { return optim::ReduceLROnPlateau(o, "max"); });
}

BOOST_AUTO_TEST_CASE(a_schedule_of_a_program_s_own_is_saved_and_checked) {
  optim::SGD optimizer = sgd(1);
  PolynomialLR schedule(optimizer, {.total_iters = 4, .power = 2});
  schedule.step();
  BOOST_TEST(optimizer.lr() == 0.5625, boost::test_tools::tolerance(1e-14));  // (3 / 4)^2
  optim::SGD other = sgd(1);
  PolynomialLR resumed(other);
  other.load_state_dict(optimizer.state_dict());
  resumed.load_state_dict(schedule.state_dict());
  for (int i = 0; i < 4; ++i) {
    schedule.step();
    resumed.step();
    BOOST_TEST(other.lr() == optimizer.lr());
  }
  BOOST_TEST(optimizer.lr() == 0);
  expect_error([&] { PolynomialLR(optimizer, {.total_iters = -1}); },
               "PolynomialLR: total_iters is -1; expected 0 or more");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
