// Training by several ranks: its efficiency beside as many independent processes, the times of messages, and
// a cost model of both. Usage: mpirun -n 2 distributed [options] [workload...]
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <xtape/autograd/base/parallel.hpp>
#include <xtape/distributed.hpp>
#include <xtape/pictures.hpp>
#include <xtape/xtape.hpp>

#include "benchmarks/distributed/messages.hpp"
#include "benchmarks/distributed/model.hpp"
#include "benchmarks/distributed/network.hpp"
#include "benchmarks/distributed/rounds.hpp"
#include "benchmarks/harness/statistics.hpp"

using namespace xtape;

namespace {

struct Options {
  bench::RoundOptions rounds = {};
  double largest = 64 << 20;      // message, in bytes
  double message_seconds = 0.15;  // of each size
  double profile_seconds = 3;     // of each workload
  std::vector<std::string> workloads = {"W2", "W3", "W4", "W9lenet", "W12vgg", "W15"};
  std::vector<std::string> on_networks = {"W11resnet20", "W16", "W4"};
  std::string curves;
};

/// All that costs in a sum, as it was measured.
struct Costs {
  bench::Line all_reduce, message;
  double copy;
};

template <class... Arguments>
void print_once(const distributed::World& world, fmt::format_string<Arguments...> text,
                Arguments&&... arguments) {
  if (world.rank() > 0) return;
  fmt::print(text, std::forward<Arguments>(arguments)...);
  std::fflush(stdout);
}

Options options_of(int argc, char** argv) {
  Options options;
  bool quick = false;
  CLI::App app("Times training by several ranks, one thread each: mpirun -n 2 distributed");
  app.add_option("--rounds", options.rounds.rounds)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--seconds", options.rounds.seconds, "of each case in a round")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  app.add_option("--curves", options.curves, "an SVG file: efficiency against ranks on networks");
  app.add_flag("--quick", quick, "next to nothing of everything, for a test that all of it runs");
  app.add_option("workloads", options.workloads)->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  if (quick) {
    options.rounds = {.rounds = 1, .seconds = 0};
    options.largest = 1 << 18, options.message_seconds = 0, options.profile_seconds = 0;
    options.workloads = options.on_networks = {"W9tiny", "W4"};
  }
  return options;
}

Costs measure_messages(distributed::World& world, const Options& options) {
  const bench::MessageTimes times = bench::time_messages(world, options.largest, options.message_seconds);
  const Costs costs{bench::fit(times.all_reduce), bench::fit(times.message), times.copy};
  print_once(world,
             "Messages, in microseconds:\n\n| bytes | all_reduce | fitted | message | fitted |\n"
             "|---:|---:|---:|---:|---:|\n");
  for (std::size_t i = 0; i < times.all_reduce.size(); ++i) {
    const auto [bytes, seconds] = times.all_reduce[i];
    print_once(world, "| {:.0f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", bytes, 1e6 * seconds,
               1e6 * costs.all_reduce(bytes), 1e6 * times.message[i].seconds, 1e6 * costs.message(bytes));
  }
  for (const auto& [name, line] : {std::pair{"all_reduce", costs.all_reduce}, {"message", costs.message}})
    print_once(world, "\n{}: alpha = {:.2f} us, beta = {:.3f} ns per byte ({:.2f} GB/s)\n", name,
               1e6 * line.alpha, 1e9 * line.beta, 1e-9 / line.beta);
  print_once(world, "\ncopies: {:.3f} ns per byte\n", 1e9 * costs.copy);
  return costs;
}

std::vector<double> ratios(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> all;
  for (std::size_t i = 0; i < a.size(); ++i) all.push_back(a[i] / b[i]);
  return all;
}

constexpr double kFastest = 0.05;  // of all steps: other programs, or machines, disturb few of them

/// The mean of the fastest steps.
double undisturbed(const bench::CaseTimes& times) {
  std::vector<double> steps = times.steps;
  std::sort(steps.begin(), steps.end());
  steps.resize(static_cast<std::size_t>(std::ceil(kFastest * static_cast<double>(steps.size()))));
  return std::accumulate(steps.begin(), steps.end(), 0.0) / static_cast<double>(steps.size());
}

void print_steps(distributed::World& world, const std::string& workload, const Options& options,
                 const Costs& costs) {
  using bench::median;
  const bench::Profile profile = bench::profile(world, workload, options.profile_seconds);
  const bench::StepTimes times = bench::time_steps(world, workload, options.rounds);
  const auto time = [](const bench::CaseTimes& one) { return 1e3 * median(one.means); };
  const auto ratio = [](const bench::CaseTimes& a, const bench::CaseTimes& b) {
    return median(ratios(a.means, b.means));
  };
  const bench::Interval interval =
      bench::interval_of_median(ratios(times.independent.means, times.overlapped.means));
  print_once(world, "| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |", workload,
             time(times.alone), time(times.independent), time(times.barrier), time(times.overlapped),
             time(times.after), time(times.half));
  print_once(world, " {:.3f} | {:.3f} to {:.3f} | {:.3f} | {:.3f} | {:.2f} |",
             ratio(times.independent, times.overlapped), interval.low, interval.high,
             ratio(times.barrier, times.overlapped), ratio(times.independent, times.after),
             ratio(times.alone, times.half));
  const double independent = undisturbed(times.independent), together = undisturbed(times.overlapped);
  const double predicted =
      bench::step_on_one_machine(profile, undisturbed(times.barrier), world.size(), costs.all_reduce);
  print_once(world, " {:.2f} | {:.2f} | {:.3f} | {:.2f} | {:+.1f} % |\n", 1e3 * independent, 1e3 * together,
             independent / together, 1e3 * predicted, 100 * (predicted / together - 1));
}

void measure_steps(distributed::World& world, const Options& options, const Costs& costs) {
  print_once(
      world,
      "\nSteps, in milliseconds. Each of {} ranks takes the workload's batch, and a part of it in `same "
      "batch`. Efficiency is independent over together; `to barrier` is a barrier behind each independent "
      "step, which has no sums, over together; speed-up is alone over same batch. The last five columns "
      "are of the fastest {:.0f} % of steps:\n\n",
      world.size(), 100 * kFastest);
  print_once(world,
             "| workload | alone | independent | barrier | together | messages after | same batch "
             "| efficiency | 95% interval | to barrier | messages after | speed-up "
             "| independent | together | efficiency | predicted | error |\n"
             "|---|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  for (const std::string& workload : options.workloads) print_steps(world, workload, options, costs);
}

constexpr int kRanks[] = {2, 4, 8, 16, 32, 64, 128, 256, 512, 1000};

void print_efficiencies(const distributed::World& world, const bench::Profile& profile,
                        const bench::Network& network, double copy) {
  using bench::Algorithm;
  for (const auto& [name, algorithm] :
       {std::pair{"chunks", Algorithm::chunks}, {"ring", Algorithm::ring}, {"halving", Algorithm::halving}}) {
    std::string row = fmt::format("| {} | {} | {} |", profile.workload, network.name, name);
    for (const int ranks : kRanks)
      row += fmt::format(" {:.2f} |", bench::efficiency(profile, network.message, algorithm, ranks, copy));
    print_once(world, "{}\n", row);
  }
}

pictures::Series curve_of(const bench::Profile& profile, const bench::Network& network, double copy) {
  pictures::Series curve{.name = fmt::format("{}, {}", profile.workload, network.name), .x = {}, .y = {}};
  for (const int ranks : kRanks) {
    curve.x.push_back(std::log2(ranks));
    curve.y.push_back(bench::efficiency(profile, network.message, bench::Algorithm::chunks, ranks, copy));
  }
  return curve;
}

void predict_networks(distributed::World& world, const Options& options, const Costs& costs) {
  std::vector<bench::Profile> profiles;
  print_once(world,
             "\nProfiles of a rank's step, in milliseconds:\n\n| workload | first gradient final | last | "
             "step | MB of gradients | buckets |\n|---|---:|---:|---:|---:|---:|\n");
  for (const std::string& workload : options.on_networks) {
    const bench::Profile& profile =
        profiles.emplace_back(bench::profile(world, workload, options.profile_seconds));
    print_once(world, "| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {} |\n", workload,
               1e3 * profile.gradients.front().final, 1e3 * profile.gradients.back().final,
               1e3 * profile.step, 1e-6 * profile.bytes(), bench::buckets_of(profile).size());
  }
  print_once(world, "\nEfficiency on networks, predicted, by ranks:\n\n| workload | network | sums |");
  for (const int ranks : kRanks) print_once(world, " {} |", ranks);
  print_once(world, "\n|---|---|---|{}\n", [] {
    std::string rule;
    for (std::size_t i = 0; i < std::size(kRanks); ++i) rule += "---:|";
    return rule;
  }());
  std::vector<pictures::Series> curves;
  for (const bench::Profile& profile : profiles) {
    for (const bench::Network& network : bench::networks()) {
      print_efficiencies(world, profile, network, costs.copy);
      curves.push_back(curve_of(profile, network, costs.copy));
    }
  }
  if (world.rank() == 0 && !options.curves.empty())
    pictures::save_curves(options.curves, curves,
                          {.title = "Efficiency of a training step, predicted",
                           .x_label = "ranks, as powers of 2",
                           .y_label = "efficiency"});
}

}  // namespace

int main(int argc, char** argv) try {
  const Options options = options_of(argc, argv);
  distributed::World world;
  check(world.size() > 1, "there is one rank; expected several: mpirun -n 2 distributed");
  set_num_threads(1);
  set_flush_denormal(true);
  manual_seed(1);
  const Costs costs = measure_messages(world, options);
  measure_steps(world, options, costs);
  predict_networks(world, options, costs);
} catch (const std::exception& error) {
  fmt::print(stderr, "distributed: {}\n", error.what());
  return 1;
}
