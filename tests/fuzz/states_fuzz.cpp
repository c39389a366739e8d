// Optimisers, schedulers and whole trainings that load damaged states, and go on from what they took.
#include <memory>
#include <string>

#include <xtape/nn.hpp>
#include <xtape/optim.hpp>
#include "choices.hpp"
#include "small_memory.hpp"
#include "target.hpp"

using namespace xtape;
using namespace xtape::optim;
using fuzz::Choices;

namespace {

Tensor parameter(Choices& choose) {
  const Tensor x =
      ones(choose.of<Shape>({{2}, {}, {1, 3}, {0}, {2, 2}}), {.dtype = choose.of({kFloat32, kFloat64})});
  x.requires_grad_();
  x.set_grad(full_like(x, choose.number()));
  return x;
}

struct Subject {
  std::unique_ptr<Optimizer> optimizer;
  std::function<void(const Tensor&)> add_group;
};

template <class O, class Group>
Subject make(Choices& choose) {
  std::vector<Group> groups;
  for (std::size_t count = 1 + choose.below(3); count > 0; --count) {
    groups.push_back({.params = {parameter(choose)}});
    if (choose.flag()) groups.back().params.push_back(parameter(choose));
  }
  auto optimizer = std::make_unique<O>(groups);
  O* const made = optimizer.get();
  return {std::move(optimizer), [made](const Tensor& x) { made->add_param_group({.params = {x}}); }};
}

Subject make_subject(Choices& choose) {
  constexpr Subject (*kMakers[])(Choices&) = {make<SGD, SGDParamGroup>, make<Adam, AdamParamGroup>,
                                              make<AdamW, AdamWParamGroup>, make<RMSprop, RMSpropParamGroup>,
                                              make<Adagrad, AdagradParamGroup>};
  return choose.of(kMakers)(choose);
}

/// A setting that is mostly one that fits.
double setting(Choices& choose, double fitting) { return choose.below(8) == 0 ? choose.number() : fitting; }
std::int64_t setting(Choices& choose, int fitting) {
  return choose.below(8) == 0 ? choose.integer() : fitting;
}

std::unique_ptr<LRScheduler> make_scheduler(Optimizer& optimizer, Choices& choose) {
  switch (choose.below(8)) {
    case 0:
      return std::make_unique<StepLR>(optimizer, StepLROptions{setting(choose, 2), setting(choose, 0.5)});
    case 1:
      return std::make_unique<MultiStepLR>(
          optimizer, MultiStepLROptions{{setting(choose, 1), setting(choose, 3)}, setting(choose, 0.5)});
    case 2: return std::make_unique<ExponentialLR>(optimizer, ExponentialLROptions{setting(choose, 0.5)});
    case 3:
      return std::make_unique<LinearLR>(
          optimizer, LinearLROptions{setting(choose, 0.5), setting(choose, 1.0), setting(choose, 3)});
    case 4:
      return std::make_unique<CosineAnnealingLR>(
          optimizer, CosineAnnealingLROptions{setting(choose, 3), setting(choose, 0.0)});
    case 5: {
      OneCycleLROptions options{.max_lr = setting(choose, 0.5), .total_steps = setting(choose, 5)};
      options.pct_start = setting(choose, 0.3);
      options.cycle_momentum = choose.flag();
      options.three_phase = choose.flag();
      return std::make_unique<OneCycleLR>(optimizer, options);
    }
    case 6: {
      ReduceLROnPlateauOptions options{.factor = setting(choose, 0.5), .patience = setting(choose, 1)};
      options.cooldown = setting(choose, 1);
      return std::make_unique<ReduceLROnPlateau>(optimizer, options);
    }
    default: {
      const double factor = choose.number();
      return std::make_unique<LambdaLR>(
          optimizer, [factor](std::int64_t epoch) { return factor * static_cast<double>(epoch); });
    }
  }
}

Tensor any_value(Choices& choose) {
  const Shape shape = choose.of<Shape>({{}, {1}, {2}, {3}, {0}, {1, 3}, {2, 2}});
  const Tensor x =
      choose.flag() ? full(shape, choose.integer()) : full(shape, choose.number(), {.dtype = kFloat64});
  return x.to(choose.of({kFloat32, kFloat64, kInt64, kUInt8, kBool}));
}

/// The state with some of its entries gone, undefined or with other values, and perhaps one more.
StateDict damaged(const StateDict& dict, Choices& choose) {
  StateDict result;
  for (const auto& [name, value] : dict) {
    switch (choose.below(16)) {
      case 1: break;
      case 2: result.insert(name, Tensor()); break;
      case 3:
        result.insert(name, full_like(value, choose.integer(), {.dtype = kInt64}).to(value.dtype()));
        break;
      case 4:
        result.insert(name, full_like(value, choose.number(), {.dtype = kFloat64}).to(value.dtype()));
        break;
      case 5: result.insert(name, any_value(choose)); break;
      default: result.insert(name, value);
    }
  }
  if (choose.below(16) == 1) result.insert("state.9.step", any_value(choose));
  return result;
}

std::string text(const StateDict& dict) {
  std::string all;
  for (const auto& [name, value] : dict) all += name + to_string(value);
  return all;
}

/// Loads a damaged state. Where it is refused, the old one must stand.
template <class Owner>
void load_damaged(Owner& owner, Choices& choose) {
  const StateDict state = owner.state_dict();
  const std::string before = text(state);
  try {
    owner.load_state_dict(damaged(state, choose));
  } catch (const Error&) {
    if (text(owner.state_dict()) != before)
      throw std::logic_error("a state that was refused has changed something");
  }
}

void run_one(Subject& subject, std::unique_ptr<LRScheduler>& scheduler, Choices& choose) {
  Optimizer& optimizer = *subject.optimizer;
  switch (choose.below(8)) {
    case 0: optimizer.step(); break;
    case 1: scheduler = make_scheduler(optimizer, choose); break;
    case 2: load_damaged(optimizer, choose); break;
    case 3: optimizer.set_group_lr(static_cast<std::size_t>(choose.integer()), choose.number()); break;
    case 4: subject.add_group(parameter(choose)); break;
    case 5: {
      const char* name = choose.of({"lr", "momentum", "beta1", "eps", "weight_decay", "alpha"});
      optimizer.set_option(choose.below(4), name, choose.number());
      break;
    }
    case 6:
      if (scheduler) load_damaged(*scheduler, choose);
      break;
    default:
      if (auto* plateau = dynamic_cast<ReduceLROnPlateau*>(scheduler.get())) {
        plateau->step(choose.number());
      } else if (scheduler) {
        scheduler->step();
      }
  }
}

/// A training that is resumed from damaged states.
void run_training(Choices& choose) {
  nn::Linear model(2, 1);
  Adam optimizer(model.parameters());
  StepLR scheduler(optimizer, 2);
  Generator generator;
  nn::TrainingState training(model, optimizer, {.scheduler = &scheduler, .generators = {&generator}});
  training.history.losses = {1, 0.5};
  training.best = {model.state_dict(), 0.5, 1};
  while (!choose.at_end()) {
    for (const Tensor& p : model.parameters()) p.set_grad(full_like(p, choose.number()));
    optimizer.step();
    ++training.epoch;
    load_damaged(training, choose);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choose(fuzz::bytes_of(data, size));
  fuzz::run([&] {
    Subject subject = make_subject(choose);
    std::unique_ptr<LRScheduler> scheduler;
    while (!choose.at_end()) {
      try {
        run_one(subject, scheduler, choose);
      } catch (const Error&) {}  // and training goes on
    }
    Choices again(fuzz::bytes_of(data, size));  // the same bytes once more
    run_training(again);
  });
  return 0;
}
