// Repetitions of a step: their time, and what the system had to do meanwhile.
#pragma once

#include <functional>

namespace bench {

struct Repetition {
  double microseconds = 0;  ///< per step
  double processor = 0;     ///< microseconds per step that this process used, on all processors
  double foreign = 0;       ///< processors that other processes kept busy
  double page_faults = 0;   ///< per step, of this process
};

/// What this process has used, on all processors.
double processor_seconds();

Repetition repeat(long steps, const std::function<void()>& step);

/// As many steps as take about `seconds`; finds out by trying.
long steps_in(double seconds, const std::function<void()>& step);

}  // namespace bench
