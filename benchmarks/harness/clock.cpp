// The clock and the system's counters.
#include "benchmarks/harness/clock.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <string>

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

double page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_minflt);
}

}  // namespace

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Repetition repeat(long steps, const std::function<void()>& step) {
  const auto count = static_cast<double>(steps);
  const double machine = machine_seconds(), own = processor_seconds(), faults = page_faults(), start = now();
  for (long i = 0; i < steps; ++i) step();
  const double wall = now() - start, faulted = page_faults() - faults;
  const double used = processor_seconds() - own, others = (machine_seconds() - machine) - used;
  return {wall / count * 1e6, used / count * 1e6, std::max(0.0, others) / wall, faulted / count};
}

long steps_in(double seconds, const std::function<void()>& step) {
  for (long steps = 1;; steps *= 2) {
    const double taken = repeat(steps, step).microseconds * 1e-6 * static_cast<double>(steps);
    if (taken > 0.1 * seconds)
      return std::max(1L, static_cast<long>(static_cast<double>(steps) * seconds / taken));
  }
}

}  // namespace bench
