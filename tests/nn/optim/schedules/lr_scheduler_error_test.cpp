// What schedulers refuse: settings, states of others, and steps that cannot be.
#include <cmath>
#include <limits>

#include <xtape/optim.hpp>
#include "tests/support/expect.hpp"

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
  refused("step_size", tensor(2.5), "wrong dtype: \"step_size\" is float32; expected int64");
  refused("step_size", tensor({1, 2}), "\"step_size\" holds 2 values; expected 1");
  refused("step_size", Tensor(), "undefined: \"step_size\"");
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

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Tensor doubles(const std::vector<double>& values) { return from_vector(values, {values.size()}); }

/// The state of `scheduler` with one value changed is refused with that message, and changes nothing.
void refuses(optim::LRScheduler& scheduler, const char* name, const Tensor& value,
             const std::string& message) {
  const StateDict before = scheduler.state_dict();
  StateDict dict = scheduler.state_dict();
  dict[name] = value;
  expect_error([&] { scheduler.load_state_dict(dict); }, message);
  for (const std::string& key : before.keys())
    BOOST_TEST(scheduler.state_dict().at(key).equal(before.at(key)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(lists_of_a_state_hold_one_value_per_group) {
  optim::SGD optimizer = sgd_of_two();
  optim::OneCycleLR cycle(optimizer, 0.1, 10);
  for (const char* name : {"max_lrs", "base_momentums", "max_momentums"}) {
    refuses(cycle, name, doubles({0.1}), "for 2 groups; expected as many of each");
    refuses(cycle, name, doubles({}), "for 2 groups; expected as many of each");
  }
  StateDict one_value_each = cycle.state_dict();
  for (const char* name : {"max_lrs", "base_momentums", "max_momentums"})
    one_value_each[name] = doubles({0.1});
  expect_error(
      [&] { cycle.load_state_dict(one_value_each); },
      "OneCycleLR: 1 max_lrs, 1 base_momentums and 1 max_momentums for 2 groups; expected as many of each");
  optim::ReduceLROnPlateau plateau(optimizer);
  refuses(plateau, "min_lrs", doubles({0.1}), "ReduceLROnPlateau: 1 min_lrs for 2 groups; expected as many");
  optim::CosineAnnealingLR cosine(optimizer, 5);
  for (const std::vector<double>& lrs : {std::vector<double>{}, {0.1}, {0.1, 0.1, 0.1}}) {
    refuses(
        cosine, "last_lr", doubles(lrs),
        fmt::format("the state of CosineAnnealingLR holds {} values of last_lr for 2 groups", lrs.size()));
  }
  refuses(cosine, "base_lrs", doubles({0.1}), "the state of CosineAnnealingLR is of 1 groups; expected 2");
  refuses(cosine, "base_lrs", doubles({0.1, std::nan("")}), "has a base_lr of nan");
  refuses(cosine, "base_lrs", doubles({0.1, INFINITY}), "has a base_lr of inf");
}

BOOST_AUTO_TEST_CASE(a_state_from_before_a_group_was_added_is_loaded) {
  optim::SGD optimizer = sgd();
  optim::StepLR scheduler(optimizer, 3);
  const StateDict of_one = scheduler.state_dict();
  optimizer.add_param_group({.params = {leaf()}});
  scheduler.step();
  const StateDict of_both = scheduler.state_dict();  // one base_lr, two last_lr
  scheduler.load_state_dict(of_one);
  BOOST_TEST(scheduler.get_last_lr().size() == 1U);
  scheduler.load_state_dict(of_both);
  BOOST_TEST(scheduler.get_last_lr().size() == 2U);
}

BOOST_AUTO_TEST_CASE(epochs_and_counts_near_the_greatest_integer_do_not_overflow) {
  optim::SGD optimizer = sgd();
  optim::StepLR step(optimizer, kMost);
  refuses(step, "last_epoch", tensor(kMost),
          "has last_epoch 9223372036854775807; expected 0 to 1000000000000000");
  expect_error([&] { optim::StepLR(optimizer, {.step_size = 1, .last_epoch = kMost}); },
               "StepLR: last_epoch is 9223372036854775807; expected -1 to 1000000000000000");
  expect_error([&] { optim::OneCycleLR(optimizer, {.max_lr = 1, .epochs = kMost, .steps_per_epoch = 2}); },
               "OneCycleLR: 9223372036854775807 epochs of 2 steps are too many");

  optim::CosineAnnealingLR cosine(optimizer, kMost);
  StateDict dict = cosine.state_dict();
  dict["last_epoch"] = tensor(std::int64_t{1'000'000'000'000'000});
  cosine.load_state_dict(dict);
  cosine.step();
  BOOST_TEST(cosine.get_last_lr()[0] == 0.1, boost::test_tools::tolerance(1e-6));  // still at the beginning

  optim::ReduceLROnPlateau plateau(optimizer, {.patience = kMost, .cooldown = kMost});
  refuses(plateau, "num_bad_epochs", tensor(-kMost), "num_bad_epochs is -9223372036854775807");
  refuses(plateau, "cooldown_counter", tensor(-1), "cooldown_counter -1; expected 0 or more");
  StateDict bad = plateau.state_dict();
  bad["num_bad_epochs"] = tensor(kMost);
  plateau.load_state_dict(bad);
  plateau.step(std::nan(""));  // one more than patience bears
  BOOST_TEST(plateau.state_dict().at("num_bad_epochs").item<std::int64_t>() == 0);
}

BOOST_AUTO_TEST_CASE(any_number_in_a_state_is_refused_or_steps_without_harm) {
  optim::SGD optimizer = sgd_of_two();
  optim::StepLR step(optimizer, 3);
  optim::MultiStepLR multi(optimizer, {1, 3});
  optim::ExponentialLR exponential(optimizer, 0.5);
  optim::LinearLR linear(optimizer);
  optim::CosineAnnealingLR cosine(optimizer, 4);
  optim::LambdaLR lambda(optimizer, [](int) { return 1; });
  optim::OneCycleLR cycle(optimizer, 0.1, 10),
      three(optimizer, {.max_lr = 0.1, .total_steps = 9, .three_phase = true});
  optim::ReduceLROnPlateau plateau(optimizer);
  for (optim::LRScheduler* scheduler : std::initializer_list<optim::LRScheduler*>{
           &step, &multi, &exponential, &linear, &cosine, &lambda, &cycle, &three, &plateau}) {
    const StateDict fine = scheduler->state_dict();
    for (const std::string& name : fine.keys()) {
      for (const double number : {0.0, 1.0, -1.0, 0.5, 3.0, 1e15, 0x1p62, 1e300, -1e300, 0x1p-1074,
                                  double{INFINITY}, double{NAN}}) {
        const Tensor& value = fine.at(name);
        const bool fits = value.is_floating_point() || std::abs(number) < 0x1p63;
        StateDict dict = fine;
        dict[name] = value.dim() == 0 || value.numel() > 0
                         ? full(value.shape(), fits ? number : 0x1p62, {.dtype = value.dtype()})
                         : value;
        try {
          scheduler->load_state_dict(dict);
          for (int i = 0; i < 3; ++i) {
            if (scheduler == &plateau) {
              plateau.step(1.0);
            } else {
              scheduler->step();
            }
          }
        } catch (const Error&) {  // as good, and all else fails the test
        }
        scheduler->load_state_dict(fine);
        optimizer.set_lr(0.1);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_state_behind_the_last_step_of_a_cycle_can_be_loaded) {
  const Tensor w = ones({2}, {.requires_grad = true});
  optim::SGD o({w}, {.lr = 0.1, .momentum = 0.9});
  optim::OneCycleLR cycle(o, 0.1, 10, {.anneal_strategy = "linear"});
  for (int i = 0; i < 10; ++i) cycle.step();  // as a loop does that steps behind each batch
  BOOST_TEST(o.lr() < 0);                     // as in PyTorch
  o.load_state_dict(o.state_dict());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
