// Schedulers: how they are written and what they do to their optimiser. The learning rates themselves are
// compared with PyTorch's in golden_lr_scheduler_test.cpp.
#include <memory>

#include <xtape/optim.hpp>

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf() { return ones({1}, {.requires_grad = true}); }
optim::SGD sgd(double lr = 0.1) { return optim::SGD({leaf()}, {.lr = lr}); }
optim::SGD sgd_of_two() {
  return optim::SGD({{.params = {leaf()}}, {.params = {leaf()}, .lr = 0.03}}, {.lr = 0.1});
}

/// The learning rates of group 0 at the making and after each of `steps` steps.
std::vector<double> lrs(optim::Optimizer& optimizer, optim::LRScheduler& scheduler, int steps) {
  std::vector<double> result{optimizer.lr()};
  for (int i = 0; i < steps; ++i) {
    scheduler.step();
    result.push_back(optimizer.lr());
  }
  return result;
}

void expect_near(const std::vector<double>& actual, const std::vector<double>& expected) {
  expect_values(from_vector(actual, {actual.size()}), expected, 1e-14);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_lr_scheduler)

BOOST_AUTO_TEST_CASE(options_and_positions_say_the_same) {
  const auto same = []<class A, class B>(A make_first, B make_second) {
    optim::SGD one = sgd(), two = sgd();
    auto first = make_first(one);
    auto second = make_second(two);
    BOOST_TEST(lrs(one, first, 12) == lrs(two, second, 12));
    BOOST_TEST(first.state_dict().keys() == second.state_dict().keys());
  };
  const auto inverse = [](int t) { return 1.0 / (1 + t); };
  same([](auto& o) { return optim::StepLR(o, {.step_size = 3, .gamma = 0.5}); },
       [](auto& o) { return optim::StepLR(o, 3, 0.5); });
  same(
      [](auto& o) {
        return optim::MultiStepLR(o, {.milestones = {2, 5}, .gamma = 0.5});
      },
      [](auto& o) {
        return optim::MultiStepLR(o, {2, 5}, 0.5);
      });
  same([](auto& o) { return optim::MultiStepLR(o, std::vector<int>{4}); },
       [](auto& o) { return optim::MultiStepLR(o, {4}); });
  same([](auto& o) { return optim::MultiStepLR(o, {.milestones = {4}}); },
       [](auto& o) { return optim::MultiStepLR(o, optim::Integers{4}); });
  same([](auto& o) { return optim::StepLR(o, {.step_size = 3}); },
       [](auto& o) { return optim::StepLR(o, 3); });
  same([](auto& o) { return optim::ExponentialLR(o, {.gamma = 0.9}); },
       [](auto& o) { return optim::lr_scheduler::ExponentialLR(o, 0.9); });
  same([](auto& o) { return optim::LinearLR(o, {}); }, [](auto& o) { return optim::LinearLR(o); });
  same([](auto& o) { return optim::LinearLR(o, {.start_factor = 0.5, .total_iters = 4}); },
       [](auto& o) { return optim::LinearLR(o, 0.5, 1.0, 4); });
  same([](auto& o) { return optim::CosineAnnealingLR(o, {.T_max = 10, .eta_min = 1e-3}); },
       [](auto& o) { return optim::CosineAnnealingLR(o, 10, 1e-3); });
  same([&](auto& o) { return optim::LambdaLR(o, {.lr_lambda = inverse}); },
       [&](auto& o) { return optim::LambdaLR(o, inverse); });
  same([&](auto& o) { return optim::LambdaLR(o, {.lr_lambda = {inverse}}); },
       [&](auto& o) { return optim::LambdaLR(o, {inverse}); });
  same([&](auto& o) { return optim::LambdaLR(o, {.lr_lambda = {inverse}, .last_epoch = -1}); },
       [&](auto& o) { return optim::LambdaLR(o, std::vector<optim::LRLambda>{inverse}, -1); });
  same([](auto& o) { return optim::OneCycleLR(o, {.max_lr = 0.1, .epochs = 4, .steps_per_epoch = 5}); },
       [](auto& o) { return optim::OneCycleLR(o, 0.1, 20); });

  optim::SGD o = sgd();
  const auto plateaus = {optim::ReduceLROnPlateau(o).state_dict(),
                         optim::ReduceLROnPlateau(o, {}).state_dict(),
                         optim::ReduceLROnPlateau(o, "min").state_dict(),
                         optim::ReduceLROnPlateau(o, {.mode = "min"}).state_dict(),
                         optim::ReduceLROnPlateau(o, std::string("min"), 0.1, 10).state_dict()};
  for (const StateDict& plateau : plateaus) {
    for (const auto& [name, value] : *plateaus.begin()) BOOST_TEST(plateau.at(name).equal(value));
  }
  BOOST_TEST(optim::ReduceLROnPlateau(o, {.mode = "max"}).state_dict().at("mode_max").item<bool>());
}

BOOST_AUTO_TEST_CASE(step_lr_decays_every_so_many_epochs) {
  optim::SGD optimizer = sgd(1);
  optim::StepLR scheduler(optimizer, 2, 0.5);
  BOOST_TEST(lrs(optimizer, scheduler, 5) == (std::vector<double>{1, 1, 0.5, 0.5, 0.25, 0.25}));
  BOOST_TEST(scheduler.get_last_lr() == std::vector<double>{0.25});
  BOOST_TEST(scheduler.last_epoch() == 5);
  BOOST_TEST(scheduler.base_lrs() == std::vector<double>{1});
}

BOOST_AUTO_TEST_CASE(every_group_is_scheduled_from_its_own_lr) {
  optim::SGD optimizer = sgd_of_two();
  const auto half = [](int t) { return std::pow(0.5, t); };
  const auto none = [](int) { return 0; };
  optim::LambdaLR scheduler(optimizer, {half, none});
  scheduler.step();
  BOOST_TEST(scheduler.get_last_lr() == (std::vector<double>{0.05, 0}));
  BOOST_TEST(optimizer.param_groups()[0].lr == 0.05);
  BOOST_TEST(optimizer.param_groups()[1].lr == 0);
  BOOST_TEST(optimizer.param_groups()[1].initial_lr.value() == 0.03);
}

BOOST_AUTO_TEST_CASE(a_later_scheduler_starts_from_the_lr_that_the_first_one_found) {
  optim::SGD optimizer = sgd(0.1);
  optim::LinearLR warm_up(optimizer, 0.1, 1.0, 4);
  expect_near({optimizer.lr()}, {0.01});
  optim::LambdaLR after(optimizer, [](int) { return 0.5; });
  BOOST_TEST(after.base_lrs() == std::vector<double>{0.1});
  BOOST_TEST(optimizer.lr() == 0.05);
}

BOOST_AUTO_TEST_CASE(a_group_that_is_added_later_is_scheduled_where_the_rule_needs_no_base) {
  optim::SGD optimizer = sgd(1);
  optim::ExponentialLR decay(optimizer, 0.5);
  optim::LambdaLR constant(optimizer, [](int) { return 0.25; });
  optimizer.add_param_group({.params = {leaf()}, .lr = 4});
  decay.step();
  constant.step();
  BOOST_TEST(constant.get_last_lr() == (std::vector<double>{0.25, 2}));
}

BOOST_AUTO_TEST_CASE(one_cycle_turns_lr_and_momentum_around) {
  optim::SGD optimizer = sgd();
  optim::OneCycleLR scheduler(optimizer, {.max_lr = 1,
                                          .total_steps = 10,
                                          .pct_start = 0.5,
                                          .anneal_strategy = "linear",
                                          .base_momentum = 0.5,
                                          .max_momentum = 0.9,
                                          .div_factor = 5,
                                          .final_div_factor = 20});
  std::vector<double> momentums{optimizer.param_groups()[0].momentum};
  std::vector<double> rates{optimizer.lr()};
  for (int i = 1; i < 10; ++i) {
    scheduler.step();
    rates.push_back(optimizer.lr());
    momentums.push_back(optimizer.param_groups()[0].momentum);
  }
  // up from 1/5 over 4 steps, down to 1/100 over 5
  expect_near(rates, {0.2, 0.4, 0.6, 0.8, 1, 0.802, 0.604, 0.406, 0.208, 0.01});
  expect_near(momentums, {0.9, 0.8, 0.7, 0.6, 0.5, 0.58, 0.66, 0.74, 0.82, 0.9});
  scheduler.step();  // a program that steps after every batch takes one more than the cycle has
  expect_error([&] { scheduler.step(); }, "OneCycleLR: step 11 is one too many; total_steps is 10");
  BOOST_TEST(scheduler.last_epoch() == 10);
}

BOOST_AUTO_TEST_CASE(one_cycle_cycles_the_first_beta_of_adam_and_leaves_the_second) {
  optim::AdamW optimizer({leaf()}, {.betas = {0.5, 0.99}});
  optim::OneCycleLR scheduler(optimizer, {.max_lr = 0.1, .total_steps = 10});
  expect_near({optimizer.param_groups()[0].betas.first}, {0.95});
  BOOST_TEST(optimizer.param_groups()[0].betas.second == 0.99);
}

BOOST_AUTO_TEST_CASE(a_phase_without_length_is_over_at_once) {
  optim::SGD optimizer = sgd();
  optim::OneCycleLR scheduler(optimizer, {.max_lr = 1, .total_steps = 10, .pct_start = 0.1});
  BOOST_TEST(optimizer.lr() == 1);  // the first phase is one step long
  scheduler.step();
  BOOST_TEST(optimizer.lr() < 1);
}

BOOST_AUTO_TEST_CASE(reduce_on_plateau_waits_for_more_than_patience_bad_epochs) {
  optim::SGD optimizer = sgd(1);
  optim::ReduceLROnPlateau scheduler(optimizer, "min", 0.1, 1);
  BOOST_TEST(scheduler.get_last_lr() == std::vector<double>{1});
  scheduler.step(0.5);
  scheduler.step(tensor(0.5));
  BOOST_TEST(optimizer.lr() == 1);
  scheduler.step(0.49999);  // better by less than the threshold
  BOOST_TEST(optimizer.lr() == 0.1);
  scheduler.step(0.3);
  BOOST_TEST(scheduler.last_epoch() == 4);
  BOOST_TEST(scheduler.get_last_lr() == std::vector<double>{0.1});
  optim::LRScheduler& any = scheduler;
  expect_error([&] { any.step(); }, "ReduceLROnPlateau: step() lacks the metric");
}

BOOST_AUTO_TEST_CASE(a_scheduler_follows_a_moved_optimiser_and_outlives_it) {
  auto first = std::make_unique<optim::SGD>(sgd(1));
  optim::ExponentialLR scheduler(*first, 0.5);
  optim::SGD moved = std::move(*first);
  first.reset();
  scheduler.step();
  BOOST_TEST(moved.lr() == 0.5);
  {
    optim::SGD inner = std::move(moved);
    scheduler.step();
    BOOST_TEST(inner.lr() == 0.25);
    optim::SGD other = sgd(3);
    inner = std::move(other);  // the scheduler's is replaced
    expect_error([&] { scheduler.step(); }, "ExponentialLR: its optimiser is gone");
    BOOST_TEST(inner.lr() == 3);
  }
  expect_error([&] { scheduler.step(); }, "ExponentialLR: its optimiser is gone");
  BOOST_TEST(scheduler.get_last_lr() == std::vector<double>{0.25});
  expect_error([&] { optim::ExponentialLR(moved, 0.5); }, "ExponentialLR: its optimiser is gone");
  expect_error([&] { optim::OneCycleLR(moved, 0.5, 10); }, "OneCycleLR: the optimiser has neither");
}

BOOST_AUTO_TEST_CASE(an_optimiser_s_options_can_be_reached_by_name) {
  optim::SGD optimizer = sgd_of_two();
  optimizer.set_option(1, "momentum", 0.5);
  BOOST_TEST(optimizer.option(1, "momentum") == 0.5);
  BOOST_TEST(optimizer.param_groups()[0].momentum == 0);
  BOOST_TEST(optimizer.has_option("nesterov"));
  BOOST_TEST(!optimizer.has_option("beta1"));
  expect_error([&] { static_cast<void>(optimizer.option(0, "beta1")); }, "sgd: there is no option \"beta1\"");
  expect_error([&] { optimizer.set_option(2, "lr", 1); }, "sgd: there is no group 2; there are 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
