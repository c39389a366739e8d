// The command line, and the order of warm-up and repetitions.
#include "benchmarks/harness/measure.hpp"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "benchmarks/harness/clock.hpp"
#include "benchmarks/harness/statistics.hpp"
#include "benchmarks/harness/workloads.hpp"

namespace bench {

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
                      const std::function<double()>& loss, const std::function<void()>& restart) const {
  const Repetition warm_up = repeat(kCheckedSteps, step);
  const double value = loss();
  const auto print = [&](const Repetition& result) {
    fmt::print("{} {} {:.3f} {:.9g} processor={:.3f} foreign={:.2f} faults={:.2f}\n", workload, peer,
               result.microseconds, value, result.processor, result.foreign, result.page_faults);
    std::fflush(stdout);
  };
  if (options_.quick) return print(warm_up);

  const long steps = steps_in(options_.seconds, step);
  const auto repetition = [&] {
    restart();
    repeat(std::max(1L, steps / 10), step);  // fetches back what another process drove out of the caches
    return repeat(steps, step);
  };
  if (options_.on_request) {
    print(warm_up);  // ready
    for (std::string line; std::getline(std::cin, line);) print(repetition());
    return;
  }
  std::vector<double> times, processor;
  Repetition worst;
  for (int i = 0; i < options_.reps; ++i) {
    const Repetition next = repetition();
    times.push_back(next.microseconds);
    processor.push_back(next.processor);
    worst.foreign = std::max(worst.foreign, next.foreign);
    worst.page_faults = std::max(worst.page_faults, next.page_faults);
  }
  print({median(times), median(processor), worst.foreign, worst.page_faults});
}

}  // namespace bench
