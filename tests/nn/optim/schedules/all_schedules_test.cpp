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

/// Sets what is required, so that each setting may be changed alone.
void required(std::string_view name, const SettingPointer& value) {
  if (name == "step_size") *std::get<std::int64_t*>(value) = 3;
  if (name == "milestones") *std::get<optim::Integers*>(value) = {2, 5};
  if (name == "T_max") *std::get<std::int64_t*>(value) = 4;
  if (name == "lr_lambda")
    *std::get<optim::OneOrMore<optim::LRLambda>*>(value) = [](std::int64_t) { return 0.5; };
  if (name == "max_lr") *std::get<optim::OneOrMore<double>*>(value) = 0.5;
  if (name == "total_steps") *std::get<std::optional<std::int64_t>*>(value) = 10;
  if (const auto* gamma = std::get_if<std::optional<double>*>(&value); gamma && name == "gamma")
    **gamma = 0.5;
}

struct Change {
  void operator()(double* x) const { *x = 0.5 * *x + 0.125; }
  void operator()(std::int64_t* x) const { *x += 2; }
  void operator()(bool* x) const { *x = !*x; }
  void operator()(optim::Integers* x) const { *x = {7}; }
  void operator()(optim::OneOrMore<double>* x) const { *x = 0.25; }
  void operator()(optim::OneOrMore<optim::LRLambda>*) const { BOOST_ERROR("a function is not saved"); }
  void operator()(const WordPointer& x) const { x.set(x.words[1]); }
  template <class T>
  void operator()(std::optional<T>* x) const {
    (*this)(&x->value());
  }
};

/// required, and the setting of that name changed.
SettingWriter required_but(const std::string& setting) {
  return [setting](std::string_view name, const SettingPointer& value) {
    required(name, value);
    if (name == setting) std::visit(Change(), value);
  };
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

BOOST_AUTO_TEST_CASE(every_setting_is_saved_and_loaded) {
  for (const ScheduleKind& kind : schedules()) {
    for (const auto& [name, saved] : kind.settings) {
      if (saved.empty()) continue;
      BOOST_TEST_CONTEXT(kind.name << ": " << name) {
        optim::SGD a = sgd(), b = sgd();
        const auto first = kind.make(a, required_but(name)), second = kind.make(b, required);
        const std::vector<std::string> found = differences(first->state_dict(), second->state_dict());
        BOOST_TEST(std::ranges::count(found, saved) == 1);
        second->load_state_dict(first->state_dict());
        BOOST_TEST(differences(first->state_dict(), second->state_dict()).empty());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(making_one_sets_the_rates_of_epoch_0) {
  for (const ScheduleKind& kind : schedules()) {
    optim::SGD optimizer = sgd();
    const auto schedule = kind.make(optimizer, required);
    BOOST_TEST(schedule->last_epoch() == 0, kind.name << " does not call start()");
    BOOST_TEST(schedule->get_last_lr() == std::vector<double>{optimizer.lr()});
  }
}

BOOST_AUTO_TEST_CASE(another_state_is_refused_by_its_name) {
  for (const ScheduleKind& kind : schedules()) {
    optim::SGD optimizer = sgd();
    const auto schedule = kind.make(optimizer, required);
    StateDict dict = schedule->state_dict();
    dict["unknown"] = ones({1});
    expect_error([&] { schedule->load_state_dict(dict); }, "load_state_dict: the state does not fit this " +
                                                               kind.name + ":\n  unexpected: \"unknown\"");
  }
}

BOOST_AUTO_TEST_CASE(every_schedule_of_the_sources_is_tested) {
  for (const std::string& name : source_classes("ScheduleOf"))
    BOOST_TEST(std::ranges::count(schedules(), name, &ScheduleKind::name) == 1,
               name << " is not in tests/nn/optim/schedules/schedules.cpp");
}

BOOST_AUTO_TEST_CASE(what_is_required_stands_by_position_and_the_rest_are_options) {
  optim::SGD a = sgd(), b = sgd();
  const auto same = [](const optim::LRScheduler& first, const optim::LRScheduler& second) {
    const StateDict expected = second.state_dict();
    BOOST_TEST(first.state_dict().keys() == expected.keys());
    for (const auto& [name, value] : first.state_dict()) BOOST_TEST(value.equal(expected.at(name)), name);
  };
  const auto half = [](int) { return 0.5; };
  same(optim::StepLR(a, 3, {.gamma = 0.5}), optim::StepLR(b, {.step_size = 3, .gamma = 0.5}));
  same(optim::StepLR(a, 3, {}), optim::StepLR(b, 3));
  same(optim::MultiStepLR(a, {2, 5}, {.gamma = 0.5}),
       optim::MultiStepLR(b, {.milestones = {2, 5}, .gamma = 0.5}));
  same(optim::MultiStepLR(a, std::vector<int>{4}, {.gamma = 0.5}), optim::MultiStepLR(b, {4}, 0.5));
  same(optim::ExponentialLR(a, 0.5, {.last_epoch = -1}), optim::ExponentialLR(b, {.gamma = 0.5}));
  same(optim::CosineAnnealingLR(a, 10, {.eta_min = 1e-3}), optim::CosineAnnealingLR(b, 10, 1e-3));
  same(optim::LambdaLR(a, half, {.last_epoch = -1}), optim::LambdaLR(b, half));
  same(optim::OneCycleLR(a, 0.5, 10, {.pct_start = 0.5}),
       optim::OneCycleLR(b, {.max_lr = 0.5, .total_steps = 10, .pct_start = 0.5}));
  same(optim::OneCycleLR(a, 0.5, {.epochs = 2, .steps_per_epoch = 5}), optim::OneCycleLR(b, 0.5, 10));
  same(optim::ReduceLROnPlateau(a, {.mode = optim::PlateauMode::max}), optim::ReduceLROnPlateau(b, "max"));
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
