// The clock, the processors' load and the command line.
#include "harness/measure.hpp"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "harness/workloads.hpp"

namespace bench {

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Processor seconds that the whole machine has used. 0 where there is no /proc/stat.
double machine_seconds() {
  std::ifstream file("/proc/stat");
  std::string name;
  std::array<double, 8> ticks{};  // user nice system idle iowait irq softirq steal
  file >> name;
  for (double& value : ticks) file >> value;
  if (!file) return 0;
  const double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7];
  return busy / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double own_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Repetition {
  double microseconds = 0;  ///< per step
  double foreign = 0;
};

Repetition repeat(long steps, const std::function<void()>& step) {
  const double machine = machine_seconds(), own = own_seconds(), start = now();
  for (long i = 0; i < steps; ++i) step();
  const double wall = now() - start;
  const double others = (machine_seconds() - machine) - (own_seconds() - own);
  return {wall / static_cast<double>(steps) * 1e6, std::max(0.0, others) / wall};
}

/// As many steps as take about `seconds`.
long steps_in(double seconds, const std::function<void()>& step) {
  for (long steps = 1;; steps *= 2) {
    const double taken = repeat(steps, step).microseconds * 1e-6 * static_cast<double>(steps);
    if (taken > 0.1 * seconds)
      return std::max(1L, static_cast<long>(static_cast<double>(steps) * seconds / taken));
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

bool Options::wants(const std::string& workload) const {
  return workloads.empty() || std::find(workloads.begin(), workloads.end(), workload) != workloads.end();
}

Measurement::Measurement(int argc, char** argv, const std::string& description) {
  CLI::App app(description);
  app.add_option("--threads", options_.threads, "threads to use")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--reps", options_.reps, "repetitions, whose median counts")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--seconds", options_.seconds, "length of a repetition")
      ->check(CLI::Range(0.001, 600.0))
      ->capture_default_str();
  app.add_flag("--quick", options_.quick, "20 steps alone: tells the losses");
  app.add_flag("--on-request", options_.on_request, "one repetition for each line on standard input");
  app.add_option("workloads", options_.workloads, "all where none is named")
      ->check(CLI::IsMember(workload_names()));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
}

void Measurement::run(const std::string& workload, const std::string& peer, const std::function<void()>& step,
                      const std::function<double()>& loss) const {
  const Repetition warm_up = repeat(kCheckedSteps, step);
  const double value = loss();
  const auto print = [&](double microseconds, double foreign) {
    fmt::print("{} {} {:.3f} {:.9g} foreign={:.2f}\n", workload, peer, microseconds, value, foreign);
    std::fflush(stdout);
  };
  if (options_.quick) return print(warm_up.microseconds, warm_up.foreign);

  const long steps = steps_in(options_.seconds, step);
  if (options_.on_request) {
    print(warm_up.microseconds, warm_up.foreign);  // ready
    for (std::string line; std::getline(std::cin, line);) {
      repeat(std::max(1L, steps / 10), step);  // fetches back what another process drove out of the caches
      const Repetition repetition = repeat(steps, step);
      print(repetition.microseconds, repetition.foreign);
    }
    return;
  }
  std::vector<double> times;
  double foreign = 0;
  for (int i = 0; i < options_.reps; ++i) {
    const Repetition repetition = repeat(steps, step);
    times.push_back(repetition.microseconds);
    foreign = std::max(foreign, repetition.foreign);
  }
  print(median(times), foreign);
}

}  // namespace bench
