// What schedulers refuse: settings, states of others, and steps that cannot be.
#include "nn/optim/optim.hpp"
#include "tests/nn/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf() { return ones({1}, {.requires_grad = true}); }
optim::SGD sgd(double lr = 0.1) { return optim::SGD({leaf()}, {.lr = lr}); }
optim::SGD sgd_of_two() {
  return optim::SGD({{.params = {leaf()}}, {.params = {leaf()}, .lr = 0.03}}, {.lr = 0.1});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_lr_scheduler_errors)

BOOST_AUTO_TEST_CASE(settings_are_checked) {
  optim::SGD o = sgd();
  expect_error([&] { optim::StepLR(o, {.gamma = 0.5}); }, "StepLR: step_size is 0; expected 1 or more");
  expect_error([&] { optim::StepLR(o, 3, -0.1); }, "StepLR: gamma is -0.1; expected 0 or more");
  expect_error([&] { optim::MultiStepLR(o, {3}, std::nan("")); }, "MultiStepLR: gamma is nan");
  expect_error([&] { optim::ExponentialLR(o, {}); }, "ExponentialLR: gamma is not set");
  expect_error([&] { optim::ExponentialLR(o, -1); }, "ExponentialLR: gamma is -1");
  expect_error([&] { optim::LinearLR(o, 0); }, "LinearLR: start_factor is 0; expected above 0 and at most 1");
  expect_error([&] { optim::LinearLR(o, {.end_factor = 1.5}); }, "LinearLR: end_factor is 1.5");
  expect_error([&] { optim::LinearLR(o, {.total_iters = -1}); }, "LinearLR: total_iters is -1");
  expect_error([&] { optim::CosineAnnealingLR(o, 0); }, "CosineAnnealingLR: T_max is 0; expected 1 or more");
  expect_error([&] { optim::CosineAnnealingLR(o, 5, -1); }, "CosineAnnealingLR: eta_min is -1");
  expect_error([&] { optim::LambdaLR(o, optim::LambdaLROptions{}); }, "LambdaLR: lr_lambda is not set");
  expect_error([&] { optim::LambdaLR(o, optim::LRLambda()); }, "LambdaLR: the function of group 0 is empty");
  const auto one = [](int) { return 1; };
  expect_error(
      [&] {
        optim::LambdaLR(o, {one, one});
      },
      "LambdaLR: lr_lambda has 2 values; the optimiser has 1 group");
  expect_error([&] { optim::StepLR(o, {.step_size = 2, .last_epoch = 3}); },
               "StepLR: last_epoch is 3, but group 0 has no initial_lr");
  expect_error([&] { optim::StepLR(o, {.step_size = 2, .last_epoch = -2}); }, "StepLR: last_epoch is -2");
}

BOOST_AUTO_TEST_CASE(one_cycle_s_settings_are_checked) {
  optim::SGD o = sgd();
  const auto refused = [&](const optim::OneCycleLROptions& options, const char* message) {
    expect_error([&] { optim::OneCycleLR(o, options); }, message);
  };
  refused({.total_steps = 10}, "OneCycleLR: max_lr is not set");
  refused({.max_lr = 0.1}, "OneCycleLR: set total_steps, or epochs and steps_per_epoch");
  refused({.max_lr = 0.1, .epochs = 3}, "OneCycleLR: set total_steps, or epochs and steps_per_epoch");
  refused({.max_lr = 0.1, .total_steps = 0}, "OneCycleLR: total_steps is 0; expected 1 or more");
  refused({.max_lr = 0.1, .epochs = 0, .steps_per_epoch = 1}, "OneCycleLR: epochs is 0");
  refused({.max_lr = 0.1, .epochs = 1, .steps_per_epoch = -1}, "OneCycleLR: steps_per_epoch is -1");
  refused({.max_lr = -0.1, .total_steps = 10}, "OneCycleLR: max_lr is -0.1");
  refused({.max_lr = {0.1, 0.2}, .total_steps = 10},
          "OneCycleLR: max_lr has 2 values; the optimiser has 1 group");
  refused({.max_lr = 0.1, .total_steps = 10, .pct_start = 1.1}, "OneCycleLR: pct_start is 1.1");
  refused({.max_lr = 0.1, .total_steps = 10, .anneal_strategy = "cubic"}, "anneal_strategy is \"cubic\"");
  refused({.max_lr = 0.1, .total_steps = 10, .div_factor = 0}, "OneCycleLR: div_factor is 0");
  refused({.max_lr = 0.1, .total_steps = 10, .final_div_factor = -1}, "OneCycleLR: final_div_factor is -1");
  refused({.max_lr = 0.1, .total_steps = 10, .base_momentum = -1},
          "OneCycleLR: a momentum of the cycle is -1");
  optim::Adam adam({leaf()});
  expect_error([&] { optim::OneCycleLR(adam, {.max_lr = 0.1, .total_steps = 10, .max_momentum = 1}); },
               "OneCycleLR: a beta1 of the cycle is 1; expected 0 or more, below 1");
  optim::Adagrad adagrad({leaf()});
  expect_error([&] { optim::OneCycleLR(adagrad, 0.1, 10); }, "has neither momentum nor betas");
  optim::OneCycleLR(adagrad, {.max_lr = 0.1, .total_steps = 10, .cycle_momentum = false});
}

BOOST_AUTO_TEST_CASE(reduce_on_plateau_s_settings_are_checked) {
  optim::SGD o = sgd();
  const auto refused = [&](const optim::ReduceLROnPlateauOptions& options, const char* message) {
    expect_error([&] { optim::ReduceLROnPlateau(o, options); }, message);
  };
  refused({.mode = "less"}, "ReduceLROnPlateau: mode is \"less\"; expected \"min\" or \"max\"");
  refused({.factor = 1}, "ReduceLROnPlateau: factor is 1; expected a number from 0 to below 1");
  refused({.patience = -1}, "ReduceLROnPlateau: patience is -1");
  refused({.threshold = -1}, "ReduceLROnPlateau: threshold is -1");
  refused({.threshold_mode = "relative"}, "threshold_mode is \"relative\"");
  refused({.cooldown = -1}, "ReduceLROnPlateau: cooldown is -1");
  refused({.min_lr = {0.1, 0.2}}, "ReduceLROnPlateau: min_lr has 2 values; the optimiser has 1 group");
  refused({.min_lr = -1}, "ReduceLROnPlateau: min_lr is -1");
  refused({.eps = -1}, "ReduceLROnPlateau: eps is -1");
}

BOOST_AUTO_TEST_CASE(a_state_of_another_scheduler_is_refused_as_a_whole) {
  optim::SGD one = sgd(), two = sgd_of_two();
  optim::StepLR step(one, 3);
  optim::ExponentialLR exponential(one, 0.5);
  optim::StepLR of_two_groups(two, 3);
  exponential.step();
  const std::string text = error_of([&] { step.load_state_dict(exponential.state_dict()); });
  BOOST_TEST(text == "load_state_dict: the state does not fit this StepLR:\n  missing: \"step_size\"");
  expect_error([&] { exponential.load_state_dict(step.state_dict()); }, "unexpected: \"step_size\"");
  expect_error([&] { step.load_state_dict(of_two_groups.state_dict()); },
               "the state of StepLR is of 2 groups; expected 1");
  BOOST_TEST(step.base_lrs().size() == 1u);
  BOOST_TEST(step.last_epoch() == 0);
}

BOOST_AUTO_TEST_CASE(a_state_that_cannot_be_is_refused_as_a_whole) {
  optim::SGD optimizer = sgd();
  optim::StepLR step(optimizer, 3);
  const auto refused = [&](const char* name, const Tensor& value, const char* message) {
    StateDict dict = step.state_dict();
    dict[name] = value;
    expect_error([&] { step.load_state_dict(dict); }, message);
    BOOST_TEST(step.state_dict().at("step_size").item<std::int64_t>() == 3);
    BOOST_TEST(step.last_epoch() == 0);
  };
  refused("step_size", tensor(0), "StepLR: step_size is 0");
  refused("step_size", tensor(2.5), "\"step_size\" is float32; expected int64");
  refused("step_size", tensor({1, 2}), "\"step_size\" holds 2 values; expected 1");
  refused("step_size", Tensor(), "\"step_size\" is undefined");
  refused("base_lrs", tensor(1.0, {.dtype = kFloat64}), "\"base_lrs\" is of shape {}; expected a list");
  refused("last_epoch", tensor(-5), "has last_epoch -5");
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_changes_nothing) {
  optim::SGD optimizer = sgd_of_two();
  const auto fine = [](int) { return 0.5; };
  const auto broken = [](int t) { return t == 2 ? std::nan("") : 1; };
  optim::LambdaLR scheduler(optimizer, {fine, broken});
  scheduler.step();
  const std::vector<double> before = scheduler.get_last_lr();
  expect_error([&] { scheduler.step(); }, "LambdaLR: the learning rate of group 1 would be nan at epoch 2");
  BOOST_TEST(scheduler.last_epoch() == 1);
  BOOST_TEST(scheduler.get_last_lr() == before);
  BOOST_TEST(optimizer.group_lr(0) == before[0]);

  optim::SGD fresh = sgd(1);
  expect_error([&] { optim::StepLR(fresh, 0); }, "StepLR: step_size is 0");
  BOOST_TEST(!fresh.initial_lr(0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
