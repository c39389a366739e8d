// A run that is saved, and loaded into new objects, goes on with the same bits: every optimiser, every
// scheduler.
#include <memory>

#include <xtape/optim.hpp>
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using Tensors = std::vector<Tensor>;
using MakeOptimizer = std::function<std::unique_ptr<optim::Optimizer>(const Tensors&)>;
using MakeScheduler = std::function<std::unique_ptr<optim::LRScheduler>(optim::Optimizer&)>;

Tensors leaves(DType dtype) {
  Generator generator(5);
  Tensors params;
  for (const Shape& shape : {Shape{3, 2}, Shape{5}}) {
    params.push_back(randn(shape, {.dtype = dtype, .generator = &generator}).requires_grad_());
  }
  return params;
}

Tensors copies(const Tensors& params) {
  Tensors result;
  for (const Tensor& p : params) result.push_back(p.detach().clone().requires_grad_());
  return result;
}

/// Steps on f = sum p^4 + p, whose gradient changes from step to step; now and then one parameter has none.
void train(optim::Optimizer& optimizer, const Tensors& params, int first, int last) {
  for (int step = first; step < last; ++step) {
    optimizer.zero_grad();
    for (std::size_t i = 0; i < params.size(); ++i) {
      if (step % 7 != 3 || i == 0) sum(pow(params[i], 4) + params[i]).backward();
    }
    optimizer.step();
  }
}

/// 20 steps at once, and 10 and 10 with a new optimiser, made by `other`, in between.
void expect_resumes(const MakeOptimizer& make, const MakeOptimizer& other) {
  for (const DType dtype : {kFloat32, kFloat64}) {
    const Tensors straight = leaves(dtype), begun = leaves(dtype);
    const auto whole = make(straight), half = make(begun);
    train(*whole, straight, 0, 20);
    train(*half, begun, 0, 10);
    const StateDict saved = half->state_dict();
    train(*half, begun, 10, 13);  // what was saved must not follow

    const Tensors resumed = leaves(dtype);
    const auto again = make(resumed);
    train(*again, resumed, 0, 10);
    const Tensors loaded = copies(resumed);
    const auto second = other(loaded);
    second->load_state_dict(saved);
    train(*second, loaded, 10, 20);
    for (std::size_t i = 0; i < straight.size(); ++i) {
      BOOST_TEST(straight[i].detach().equal(loaded[i].detach()));
      BOOST_TEST(!straight[i].detach().equal(resumed[i].detach()));
    }
  }
}

/// One group with all parameters, or one per parameter; loaded into an optimiser with other options.
template <class Optimizer, class Options, class Group>
void expect_all_resume(const Options& options, Group second) {
  const MakeOptimizer one_group = [&](const Tensors& p) { return std::make_unique<Optimizer>(p, options); };
  const MakeOptimizer defaults = [](const Tensors& p) { return std::make_unique<Optimizer>(p); };
  expect_resumes(one_group, defaults);

  const MakeOptimizer two_groups = [&](const Tensors& p) {
    second.params = {p[1]};
    return std::make_unique<Optimizer>(std::vector<Group>{{.params = {p[0]}}, second}, options);
  };
  const MakeOptimizer default_groups = [](const Tensors& p) {
    return std::make_unique<Optimizer>(std::vector<Group>{{.params = {p[0]}}, {.params = {p[1]}}});
  };
  expect_resumes(two_groups, default_groups);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_resume)

BOOST_AUTO_TEST_CASE(sgd_resumes) {
  expect_all_resume<optim::SGD>(optim::SGDOptions{.lr = 0.01, .momentum = 0.9, .weight_decay = 0.01},
                                optim::SGDParamGroup{.lr = 0.02, .nesterov = true});
  expect_all_resume<optim::SGD>(optim::SGDOptions{.lr = 0.01, .momentum = 0.5, .dampening = 0.5},
                                optim::SGDParamGroup{.momentum = 0.0, .maximize = true});
}

BOOST_AUTO_TEST_CASE(adam_resumes) {
  expect_all_resume<optim::Adam>(
      optim::AdamOptions{.lr = 0.05, .betas = {0.8, 0.9}, .weight_decay = 0.1, .amsgrad = true},
      optim::AdamParamGroup{.lr = 0.01, .amsgrad = false});
}

BOOST_AUTO_TEST_CASE(adamw_resumes) {
  expect_all_resume<optim::AdamW>(optim::AdamWOptions{.lr = 0.05, .weight_decay = 0.1},
                                  optim::AdamWParamGroup{.betas = {0.7, 0.9}, .amsgrad = true});
}

BOOST_AUTO_TEST_CASE(rmsprop_resumes) {
  expect_all_resume<optim::RMSprop>(optim::RMSpropOptions{.lr = 0.01, .alpha = 0.8, .momentum = 0.9},
                                    optim::RMSpropParamGroup{.eps = 1e-3, .centered = true});
}

BOOST_AUTO_TEST_CASE(adagrad_resumes) {
  expect_all_resume<optim::Adagrad>(
      optim::AdagradOptions{.lr = 0.1, .lr_decay = 0.05, .initial_accumulator_value = 0.1},
      optim::AdagradParamGroup{.weight_decay = 0.1, .maximize = true});
}

namespace {

std::unique_ptr<optim::SGD> two_groups(double first = 0.1, double second = 0.03) {
  const Tensor a = ones({1}, {.requires_grad = true}), b = ones({1}, {.requires_grad = true});
  return std::make_unique<optim::SGD>(
      std::vector<optim::SGDParamGroup>{{.params = {a}, .lr = first}, {.params = {b}, .lr = second}},
      optim::SGDOptions{.momentum = 0.9});
}

/// The learning rates and momentums of two groups.
std::vector<double> settings(const optim::Optimizer& optimizer) {
  return {optimizer.group_lr(0), optimizer.group_lr(1), optimizer.option(0, "momentum"),
          optimizer.option(1, "momentum")};
}

void step(optim::LRScheduler& scheduler, int epoch) {
  if (auto* plateau = dynamic_cast<optim::ReduceLROnPlateau*>(&scheduler))
    plateau->step(std::max(0.5, 2 - 0.2 * epoch));
  else
    scheduler.step();
}

/// 30 steps at once, and `half` and the rest with a new optimiser and a new scheduler, made by `other`.
void expect_scheduler_resumes(const MakeScheduler& make, const MakeScheduler& other, int half) {
  const auto straight = two_groups();
  const auto whole = make(*straight);
  const auto begun = two_groups();
  const auto first = make(*begun);
  for (int epoch = 0; epoch < half; ++epoch) {
    step(*whole, epoch);
    step(*first, epoch);
  }
  const auto resumed = two_groups(0.5, 0.7);
  const auto second = other(*resumed);
  resumed->load_state_dict(begun->state_dict());
  second->load_state_dict(first->state_dict());
  BOOST_TEST(second->last_epoch() == half);
  BOOST_TEST(second->get_last_lr() == whole->get_last_lr());
  for (int epoch = half; epoch < 30; ++epoch) {
    step(*whole, epoch);
    step(*second, epoch);
    BOOST_REQUIRE(settings(*resumed) == settings(*straight));
    BOOST_REQUIRE(second->get_last_lr() == whole->get_last_lr());
  }
  BOOST_TEST(second->state_dict().keys() == whole->state_dict().keys());
}

/// Also into a scheduler with other settings, which the loaded ones replace.
template <class Scheduler, class Options>
void expect_resumes(const Options& options, const Options& others) {
  const MakeScheduler make = [&](optim::Optimizer& o) { return std::make_unique<Scheduler>(o, options); };
  const MakeScheduler other = [&](optim::Optimizer& o) { return std::make_unique<Scheduler>(o, others); };
  for (const int half : {0, 1, 13}) {
    expect_scheduler_resumes(make, make, half);
    expect_scheduler_resumes(make, other, half);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(schedulers_of_one_formula_resume) {
  expect_resumes<optim::StepLR>(optim::StepLROptions{.step_size = 4, .gamma = 0.7},
                                optim::StepLROptions{.step_size = 1});
  expect_resumes<optim::MultiStepLR>(optim::MultiStepLROptions{.milestones = {3, 14, 14, 20}},
                                     optim::MultiStepLROptions{.milestones = {}});
  expect_resumes<optim::ExponentialLR>(optim::ExponentialLROptions{.gamma = 0.9},
                                       optim::ExponentialLROptions{.gamma = 0.1});
  expect_resumes<optim::LinearLR>(optim::LinearLROptions{.total_iters = 20}, optim::LinearLROptions{});
  expect_resumes<optim::CosineAnnealingLR>(optim::CosineAnnealingLROptions{.T_max = 11, .eta_min = 0.01},
                                           optim::CosineAnnealingLROptions{.T_max = 2});
  const optim::LRLambda inverse = [](std::int64_t t) { return 1.0 / static_cast<double>(1 + t); };
  expect_resumes<optim::LambdaLR>(optim::LambdaLROptions{.lr_lambda = inverse},
                                  optim::LambdaLROptions{.lr_lambda = {inverse, inverse}});
}

BOOST_AUTO_TEST_CASE(one_cycle_resumes) {
  expect_resumes<optim::OneCycleLR>(
      optim::OneCycleLROptions{.max_lr = {0.5, 0.1}, .total_steps = 30, .anneal_strategy = "linear"},
      optim::OneCycleLROptions{
          .max_lr = 0.1, .total_steps = 5, .cycle_momentum = false, .three_phase = true});
  expect_resumes<optim::OneCycleLR>(
      optim::OneCycleLROptions{.max_lr = 0.5, .epochs = 10, .steps_per_epoch = 3, .three_phase = true},
      optim::OneCycleLROptions{.max_lr = {0.5, 2}, .total_steps = 30, .pct_start = 0.9});
}

BOOST_AUTO_TEST_CASE(reduce_on_plateau_resumes) {
  expect_resumes<optim::ReduceLROnPlateau>(
      optim::ReduceLROnPlateauOptions{.factor = 0.5, .patience = 2, .cooldown = 3, .min_lr = {0.01, 0}},
      optim::ReduceLROnPlateauOptions{.mode = "max", .threshold_mode = "abs"});
}

BOOST_AUTO_TEST_CASE(a_run_resumes_by_last_epoch_and_the_initial_lr_in_the_optimiser_s_state) {
  const auto straight = two_groups();
  optim::CosineAnnealingLR whole(*straight, 10);
  for (int epoch = 0; epoch < 4; ++epoch) whole.step();
  const StateDict saved = straight->state_dict();
  BOOST_TEST(saved.at("param_groups.1.initial_lr").item<double>() == 0.03);

  const auto resumed = two_groups(1, 1);
  resumed->load_state_dict(saved);
  resumed->set_lr(7);  // the first step of a resumed cosine starts from initial_lr
  optim::CosineAnnealingLR second(*resumed, {.T_max = 10, .last_epoch = 4});  // sets the rate of epoch 5
  whole.step();
  BOOST_TEST(second.last_epoch() == 5);
  BOOST_TEST(second.base_lrs() == whole.base_lrs());
  for (std::size_t group : {0u, 1u}) {
    BOOST_TEST(resumed->group_lr(group) == straight->group_lr(group), boost::test_tools::tolerance(1e-14));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
