// Running the trials one after the other and sorting them.
#include "nn/train/search.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "nn/train/detail/generator_scope.hpp"
#include "nn/train/interrupt_guard.hpp"

namespace xtape::nn {

namespace {

/// Whether a goes before b: any that did not fail, then the greater accuracy, then the lower loss.
bool is_better(const Trial& a, const Trial& b) {
  if (a.failed() || b.failed()) return !a.failed() && b.failed();
  const EpochRecord &x = a.history.best(), &y = b.history.best();
  if (x.validation_accuracy > y.validation_accuracy) return true;
  if (x.validation_accuracy < y.validation_accuracy) return false;
  return x.validation_loss < y.validation_loss;  // where accuracies are equal, or NaN
}

/// An exception's text as the row of a table holds it: without line ends.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == ' ';
    if (!space) line += c;
    if (space && !line.ends_with(' ')) line += ' ';
  }
  return line;
}

class Search {
 public:
  Search(const BuildCandidate& build, const datasets::Dataset& train, const datasets::Dataset& validation,
         const SearchOptions& options)
      : build_(build), train_(train), validation_(validation), options_(options) {
    check(build != nullptr, "search: the function that builds a candidate is empty");
  }

  SearchResult run(const std::vector<Params>& choices) {
    if (!options_.csv.empty())
      save_csv(result_, options_.csv);  // a path that cannot be throws before any work
    for (const Params& params : choices) {
      const Trial trial = run_trial(params);
      print(fmt::format("(Trial {} / {}) {}: {}", trial.number, choices.size(), to_string(params),
                        outcome(trial)));
      save_table();
      result_.interrupted = result_.interrupted || interrupt_requested();
      if (result_.interrupted) break;
    }
    if (options_.verbose) print(fmt::format("\n{}", to_string(result_)));
    return std::move(result_);
  }

 private:
  bool interrupt_requested() const { return interrupt_ && interrupt_->requested(); }

  void save_table() {
    if (options_.csv.empty()) return;
    try {
      save_csv(result_, options_.csv);
      result_.csv_failure.clear();
    } catch (const Error& error) {  // a full disk is not a reason to lose the search
      result_.csv_failure = error.what();
      print(result_.csv_failure);
    }
  }

  Trial run_trial(const Params& params) {
    Trial trial{.number = static_cast<std::int64_t>(result_.trials.size()) + 1, .params = params};
    std::shared_ptr<Module> model;
    try {
      model = train(trial);
    } catch (const std::exception& error) {
      trial.failure = fmt::format("failed: {}", one_line(error.what()));
    }
    // behind its equals, so that of equal trials the first is the best
    const auto place = std::upper_bound(result_.trials.begin(), result_.trials.end(), trial, is_better);
    if (place == result_.trials.begin() && !trial.failed()) result_.best_model = model;
    result_.trials.insert(place, trial);
    return trial;
  }

  std::shared_ptr<Module> train(Trial& trial) {
    Generator generator(options_.seed);
    const GeneratorScope seeded(generator);
    const Candidate candidate = build_(trial.params);
    TrainerOptions options = candidate.options();
    options.print_every = 0;
    if (!options.catch_interrupt) interrupt_.reset();  // the program wants Ctrl-C for itself
    if (interrupt_requested()) {                       // the trainer sees only what comes from now on
      trial.failure = "interrupted before its training";
      return candidate.model();
    }
    Trainer trainer(*candidate.model(), candidate.optimizer(), options);
    try {
      trial.history = trainer.fit(train_, validation_);
    } catch (...) {
      trial.history = trainer.history();
      throw;
    }
    result_.interrupted = trial.history.interrupted();
    if (trial.history.diverged()) {
      trial.failure = fmt::format("diverged in iteration {}", trial.history.losses.size());
    } else if (!trial.history.best_index) {
      trial.failure = fmt::format("{} before an epoch ended", to_string(trial.history.ending));
    }
    return candidate.model();
  }

  static std::string outcome(const Trial& trial) {
    if (trial.failed()) return trial.failure;
    const EpochRecord& best = trial.history.best();
    const std::string measured = std::isnan(best.validation_accuracy)
                                     ? fmt::format("val_loss: {:.6f}", best.validation_loss)
                                     : fmt::format("val_acc: {:.6f}", best.validation_accuracy);
    return fmt::format("{} in epoch {}; {:.1f} s", measured, best.epoch, trial.history.seconds);
  }

  void print(std::string_view line) const {
    if (!options_.verbose) return;
    if (options_.print) return options_.print(line);
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }

  const BuildCandidate& build_;
  const datasets::Dataset& train_;
  const datasets::Dataset& validation_;
  const SearchOptions& options_;
  std::optional<InterruptGuard> interrupt_{std::in_place};  // for Ctrl-C between two trainings
  SearchResult result_;
};

}  // namespace

const Trial& SearchResult::best() const {
  check(!trials.empty(), "search: there was no trial");
  check(!trials.front().failed(), "search: all trials failed ({}); the first: {}", trials.size(),
        trials.front().failure);
  return trials.front();
}

SearchResult grid_search(const SearchSpace& space, const BuildCandidate& build,
                         const datasets::Dataset& train, const datasets::Dataset& validation,
                         const SearchOptions& options) {
  return Search(build, train, validation, options).run(all_params(space));
}

SearchResult random_search(const SearchSpace& space, std::int64_t trials, const BuildCandidate& build,
                           const datasets::Dataset& train, const datasets::Dataset& validation,
                           const SearchOptions& options) {
  Generator generator(options.seed);
  return Search(build, train, validation, options).run(random_params(space, trials, generator));
}

}  // namespace xtape::nn
