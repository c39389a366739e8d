// Clocks around steps, and what the ranks tell each other of them.
#include "benchmarks/distributed/rounds.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <xtape/xtape.hpp>

#include "benchmarks/distributed/trainings.hpp"
#include "benchmarks/harness/clock.hpp"
#include "benchmarks/harness/statistics.hpp"

namespace bench {

using namespace xtape;
using distributed::Reducer;
using distributed::World;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kWarmUp = 2;     // steps: in the first, a Reducer learns the order of gradients
constexpr long kFewSteps = 3;  // timed at least

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One of the six.
struct Case {
  CaseTimes* times;
  const Training* training;
  std::optional<distributed::ReducerOptions> reducer = {};
  bool has_barrier = false, is_alone = false;
};

/// As many as take rank 0 about `seconds`, and at least a few.
long agreed_steps(World& world, double seconds, const Training& training) {
  const Tensor steps =
      tensor(static_cast<std::int64_t>(std::max(kFewSteps, steps_in(seconds, training.step))));
  world.broadcast(steps);
  return static_cast<long>(steps.item<std::int64_t>());
}

/// {ranks, steps}: the seconds of each.
Tensor tell_all(World& world, const std::vector<double>& times) {
  const auto steps = std::ssize(times);
  const Tensor all = zeros({world.size(), steps}, {.dtype = kFloat64});
  std::copy(times.begin(), times.end(), all.data<double>() + world.rank() * steps);
  return world.all_reduce(all);
}

/// {ranks, steps}, or what rank 0 has.
Tensor time_case(World& world, const Case& one, long steps) {
  std::unique_ptr<Reducer> reducer;
  if (one.reducer) reducer = std::make_unique<Reducer>(world, *one.training->net, *one.reducer);
  std::vector<double> times(static_cast<std::size_t>(steps));
  world.barrier();
  if (!one.is_alone || world.rank() == 0) {
    for (int i = 0; i < kWarmUp; ++i) one.training->step();
    for (double& time : times) {
      const auto start = Clock::now();
      one.training->step();
      if (one.has_barrier) world.barrier();
      time = seconds_since(start);
    }
  }
  const Tensor all = tell_all(world, times);
  return one.is_alone ? all.narrow(0, 0, 1) : all;
}

}  // namespace

StepTimes time_steps(World& world, const std::string& workload, const RoundOptions& options) {
  const Training whole = make_training(workload), part = make_training(workload, world.size());
  StepTimes times;
  const std::vector<Case> cases{
      {.times = &times.independent, .training = &whole},
      {.times = &times.barrier, .training = &whole, .has_barrier = true},
      {.times = &times.overlapped, .training = &whole, .reducer = distributed::ReducerOptions{}},
      {.times = &times.after, .training = &whole, .reducer = distributed::ReducerOptions{.overlap = false}},
      {.times = &times.half, .training = &part, .reducer = distributed::ReducerOptions{}},
      {.times = &times.alone, .training = &whole, .is_alone = true}};
  const long steps = agreed_steps(world, options.seconds, whole);
  for (int round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const Case& one = cases[(i + static_cast<std::size_t>(round)) % cases.size()];
      const Tensor all = time_case(world, one, steps);
      one.times->means.push_back(mean(all).item());
      for (const double step : mean(all, 0).to_vector<double>()) one.times->steps.push_back(step);
    }
  }
  return times;
}

Profile profile(World& world, const std::string& workload, double seconds) {
  const Training training = make_training(workload);
  const long steps = agreed_steps(world, seconds, training);
  Reducer reducer(world, *training.net);  // with one, a leaf's hook runs as soon as its gradient is final
  const distributed::NoSync no_sync(reducer);
  double start = 0;
  Profile current;
  for (const Tensor& p : training.net->parameters()) {
    p.register_hook([&, bytes = static_cast<double>(p.nbytes())](const Tensor&) -> Tensor {
      current.gradients.push_back({.final = processor_seconds() - start, .bytes = bytes});
      return {};
    });
  }
  std::vector<Profile> all;
  for (long i = 0; i < kWarmUp + steps; ++i) {
    current = {.workload = workload};
    world.barrier();
    start = processor_seconds();
    training.step();
    current.step = processor_seconds() - start;
    if (i >= kWarmUp) all.push_back(current);
  }
  return *std::min_element(all.begin(), all.end(),
                           [](const Profile& a, const Profile& b) { return a.step < b.step; });
}

}  // namespace bench
