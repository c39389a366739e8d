// The trainings, their table and their curves.
#include "seeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "pictures.hpp"

namespace course {

using namespace xtape;

namespace {

Run train_seed(std::uint64_t seed, const std::function<nn::Candidate()>& build, const Sets& sets) {
  fmt::print("seed {}\n", seed);
  manual_seed(seed);
  const nn::Candidate candidate = build();
  nn::Trainer trainer(*candidate.model(), candidate.optimizer(), candidate.options());
  Run run{.seed = seed, .model = candidate.model()};
  run.history = sets.validation ? trainer.fit(sets.train, *sets.validation) : trainer.fit(sets.train);
  check(run.history.ending == nn::Ending::completed, "the training with seed {} ended: {}", seed,
        nn::to_string(run.history.ending));
  run.test_accuracy = trainer.evaluate(sets.test).accuracy;
  return run;
}

void print_table(const std::vector<Run>& runs, bool validated) {
  fmt::print("{:>6} {:>10} {:>10} {:>10} {:>10} {:>9}\n", "seed", "best val", "last val", "train", "test",
             "seconds");
  for (const Run& run : runs) {
    const std::string best = validated ? fmt::format("{:.4f}", run.best_validation()) : "";
    const std::string last = validated ? fmt::format("{:.4f}", run.last_validation()) : "";
    fmt::print("{:>6} {:>10} {:>10} {:>10.4f} {:>10.4f} {:>9.1f}\n", run.seed, best, last, run.last_train(),
               run.test_accuracy, run.history.seconds);
  }
}

void draw(const Options& options, const std::string& name, const Run& run, bool validated) {
  draw_curves(options, name + "_loss.svg", {{"loss", run.history.losses}},
              {.title = name, .x = "iteration", .y = "loss"});
  std::vector<Curve> accuracies{{"train", run.history.values(&nn::EpochRecord::train_accuracy)}};
  if (validated) {
    accuracies.push_back({"validation", run.history.values(&nn::EpochRecord::validation_accuracy)});
  }
  draw_curves(options, name + "_accuracy.svg", accuracies, {.title = name, .x = "epoch", .y = "accuracy"});
}

double mean(std::vector<double>::const_iterator begin, std::vector<double>::const_iterator end) {
  return std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
}

std::ptrdiff_t tenth(const Run& run) {
  return std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(run.history.losses.size()) / 10);
}

}  // namespace

void add_runs(CLI::App& app, int& runs) {
  app.add_option("--runs", runs, "trainings, with --seed, --seed + 1, ...")->check(CLI::Range(1, 1000));
}

std::vector<Run> train_seeds(const Options& options, int runs, const std::string& name,
                             const std::function<nn::Candidate()>& build, const Sets& sets) {
  static_cast<void>(out_file(options, name));  // a folder that cannot be throws before any work
  std::vector<Run> done;
  const auto count = static_cast<std::uint64_t>(options.quick ? 1 : runs);
  try {
    for (std::uint64_t i = 0; i < count; ++i) done.push_back(train_seed(options.seed + i, build, sets));
  } catch (...) {
    if (!done.empty()) print_table(done, sets.validation != nullptr);
    throw;
  }
  print_table(done, sets.validation != nullptr);
  draw(options, name, done.front(), sets.validation != nullptr);
  return done;
}

double mean_of(const std::vector<Run>& runs, const std::function<double(const Run&)>& number) {
  double sum = 0;
  for (const Run& run : runs) sum += number(run);
  return sum / static_cast<double>(runs.size());
}

double first_losses(const Run& run) {
  return mean(run.history.losses.begin(), run.history.losses.begin() + tenth(run));
}

double last_losses(const Run& run) {
  return mean(run.history.losses.end() - tenth(run), run.history.losses.end());
}

}  // namespace course
