// What recording costs: a chain of 999 small ops, forward and backward, in nanoseconds per op.
#include <benchmark/benchmark.h>

#include <cmath>

#include <xtape/autograd.hpp>

using namespace xtape;

namespace {

constexpr int kOps = 999;

/// 333 times mul, add, relu on x, which stays positive.
Tensor chain(const Tensor& x) {
  Tensor y = x;
  for (int i = 0; i < kOps / 3; ++i) y = relu(y * 0.99 + 0.01);
  return y;
}

Tensor input(bool requires_grad) { return full({16}, 0.5, {.requires_grad = requires_grad}); }

void report(benchmark::State& state) {
  using Counter = benchmark::Counter;
  state.counters["per_op"] = Counter(kOps, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void unrecorded_forward(benchmark::State& state) {
  const NoGradGuard no_grad;
  const Tensor x = input(false);
  for (auto _ : state) benchmark::DoNotOptimize(chain(x));
  report(state);
}

void recorded_forward(benchmark::State& state) {
  const Tensor x = input(true);
  for (auto _ : state) benchmark::DoNotOptimize(chain(x));
  report(state);
}

void forward_and_backward(benchmark::State& state) {
  const Tensor x = input(true);
  for (auto _ : state) {
    x.zero_grad();
    sum(chain(x)).backward();
  }
  const double expected = std::pow(0.99, kOps / 3), got = x.grad()[0].item();
  if (std::abs(got / expected - 1) > 1e-4) state.SkipWithError("the gradient is wrong");
  report(state);
}

void forward_and_backward_with_create_graph(benchmark::State& state) {
  const Tensor x = input(true);
  for (auto _ : state) benchmark::DoNotOptimize(grad({sum(chain(x))}, {x}, {.create_graph = true}));
  report(state);
}

BENCHMARK(unrecorded_forward)->Unit(benchmark::kMicrosecond);
BENCHMARK(recorded_forward)->Unit(benchmark::kMicrosecond);
BENCHMARK(forward_and_backward)->Unit(benchmark::kMicrosecond);
BENCHMARK(forward_and_backward_with_create_graph)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
