// Times each op, forward and backward, at sizes for the first cache, for the last ones, and for memory.
// Usage: ops [--threads=N] [options of Google Benchmark]
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <xtape/autograd/base/parallel.hpp>

#include "benchmarks/ops/machine.hpp"
#include "benchmarks/ops/ops.hpp"

using namespace xtape;

namespace {

struct Size {
  const char* name;
  std::int64_t rows, columns;
};
constexpr Size kSizes[] = {{"small", 4, 64}, {"cache", 64, 1024}, {"memory", 16384, 1024}};

/// Copying as many bytes as such a matrix has, and products, on all threads.
struct Machine {
  std::map<std::string, double> copy;
  double sgemm = 0;
};
Machine machine;

/// What one call does at least.
struct Work {
  double bytes, flops;
};

/// The rates, and the part that they are of the machine's rate of copying or, where that is 0, of products.
void set_rates(benchmark::State& state, double seconds, const Work& work, double copy_rate) {
  const double calls = static_cast<double>(state.iterations());
  const auto rate = [&](double amount) { return benchmark::Counter(amount * calls / seconds); };
  state.counters["bytes/s"] = rate(work.bytes);
  if (work.flops > 0) state.counters["FLOP/s"] = rate(work.flops);
  if (copy_rate > 0)
    state.counters["of_copy"] = rate(work.bytes / copy_rate);
  else
    state.counters["of_sgemm"] = rate(work.flops / machine.sgemm);
}

/// Of about 0.5 to 1.5, where every op is smooth.
Tensor numbers(const Shape& shape) { return (rand(shape) + 0.5).requires_grad_(); }

/// Seconds of the loop; the call before it takes the memory that the others find in the pool.
template <class F>
double seconds_of(benchmark::State& state, const F& call) {
  call();
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Times function(inputs), or its backward pass alone on a graph that stays.
template <class F>
double time_op(benchmark::State& state, bool backward, const std::vector<Tensor>& inputs, const F& function) {
  if (!backward) return seconds_of(state, [&] { benchmark::DoNotOptimize(function(inputs)); });
  const Tensor y = function(inputs);
  const Tensor gradient = ones_like(y);
  return seconds_of(state, [&] {
    for (const Tensor& input : inputs) input.zero_grad();
    y.backward(gradient, {.retain_graph = true});
  });
}

void run_element_op(benchmark::State& state, const bench::ElementOp& op, const Size& size, bool backward) {
  std::vector<Tensor> inputs;
  for (int i = 0; i < op.inputs; ++i) inputs.push_back(numbers({size.rows, size.columns}));
  const double seconds = time_op(state, backward, inputs, op.function);
  const auto count = static_cast<double>(size.rows * size.columns);
  const double floats = backward ? op.backward_floats : op.forward_floats;
  const double flops = backward ? op.backward_flops : op.forward_flops;
  set_rates(state, seconds, {4 * floats * count, flops * count}, machine.copy[size.name]);
}

void run_product(benchmark::State& state, const bench::Product& p, bool backward) {
  std::vector<Tensor> inputs{numbers({p.m, p.k}), p.linear ? numbers({p.n, p.k}) : numbers({p.k, p.n})};
  if (p.linear) inputs.push_back(numbers({p.n}));
  const double seconds = time_op(state, backward, inputs, [&](const std::vector<Tensor>& in) {
    return p.linear ? linear(in[0], in[1], in[2]) : matmul(in[0], in[1]);
  });
  const auto m = double(p.m), n = double(p.n), k = double(p.k);
  const double times = backward ? 2 : 1;  // a product for each of both gradients
  set_rates(state, seconds, {times * 4 * (m * k + k * n + m * n), times * 2 * m * n * k}, 0);
}

void measure_machine() {
  for (const Size& size : kSizes) {
    const auto bytes = static_cast<std::size_t>(4 * size.rows * size.columns);
    const double rate = machine.copy[size.name] = bench::copy_rate(bytes);
    benchmark::AddCustomContext(fmt::format("copy, {}", size.name), fmt::format("{:.1f} GB/s", rate * 1e-9));
  }
  machine.sgemm = bench::sgemm_rate();
  benchmark::AddCustomContext("sgemm", fmt::format("{:.1f} GFLOP/s", machine.sgemm * 1e-9));
  benchmark::AddCustomContext("threads", std::to_string(num_threads()));
}

void add(const std::string& name, bool backward, const std::function<void(benchmark::State&, bool)>& run) {
  const std::string full = name + (backward ? "/backward" : "/forward");
  benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) { run(state, backward); })
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

void add_all() {
  for (const Size& size : kSizes) {
    for (const bench::ElementOp& op : bench::element_ops()) {
      for (const bool backward : {false, true})
        add(fmt::format("{}/{}", op.name, size.name), backward,
            [&](benchmark::State& state, bool back) { run_element_op(state, op, size, back); });
    }
  }
  for (const bench::Product& p : bench::products()) {
    for (const bool backward : {false, true})
      add(fmt::format("{}/{}x{}x{}", p.name, p.m, p.n, p.k), backward,
          [&](benchmark::State& state, bool back) { run_product(state, p, back); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  constexpr std::string_view threads = "--threads=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with(threads)) {
      fmt::print(stderr, "ops: unknown option {}; there are --threads=N and those of Google Benchmark\n",
                 argument);
      return 2;
    }
    set_num_threads(std::max(1, std::atoi(argv[i] + threads.size())));
  }
  manual_seed(0);
  measure_machine();
  add_all();
  benchmark::RunSpecifiedBenchmarks();
}
