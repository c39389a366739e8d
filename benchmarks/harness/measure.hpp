// Timing of a step, and the options and the line of output that all programs of workloads share:
//   workload peer median_us_per_step loss_after_20 processor=US foreign=CPUs faults=PAGES
// `processor` is the median of the processor time per step, `foreign` how many processors other processes
// kept busy meanwhile, `faults` the page faults per step; both are the worst repetition's.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bench {

constexpr int kCheckedSteps = 20;  ///< steps before the loss is read; they warm up, too

struct Options {
  int threads = 1;
  int reps = 3;
  double seconds = 0.5;                ///< of one repetition
  bool quick = false;                  ///< time the checked steps alone, for tests of the losses
  bool on_request = false;             ///< one repetition, and its line, for each line on standard input
  std::vector<std::string> workloads;  ///< all where empty

  bool wants(const std::string& workload) const;
};

/// Measures workloads of one peer.
class Measurement {
 public:
  /// Reads the options; ends the program with a message where they do not fit.
  Measurement(int argc, char** argv, const std::string& description);

  const Options& options() const { return options_; }
  /// Whether a workload is wanted; then `run` it.
  bool wants(const std::string& workload) const { return options_.wants(workload); }
  /// `step` is one step; `loss` is called once, after kCheckedSteps of them. `restart`, where given, puts the
  /// initial weights back before each repetition: a small net trained for long has gradients too small for
  /// normal numbers, with which processors are slow, and fast peers would come to them first.
  void run(
      const std::string& workload, const std::string& peer, const std::function<void()>& step,
      const std::function<double()>& loss, const std::function<void()>& restart = [] {}) const;

 private:
  Options options_;
};

}  // namespace bench
