// Training a model from several seeds: how good it is, and how much of that is luck.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "options.hpp"

namespace course {

/// Adds --runs: the number of trainings, from --seed on.
void add_runs(CLI::App& app, int& runs);

struct Sets {
  const xtape::datasets::Dataset& train;
  const xtape::datasets::Dataset* validation;  ///< null: the last weights stay
  const xtape::datasets::Dataset& test;        ///< for measuring alone, in the end
};

struct Run {
  std::uint64_t seed = 0;
  xtape::nn::History history = {};
  double test_accuracy = 0;                       ///< with the weights of the best epoch of validation
  std::shared_ptr<xtape::nn::Module> model = {};  ///< with these weights

  double best_validation() const { return history.best().validation_accuracy; }
  double last_validation() const { return history.epochs.back().validation_accuracy; }
  double last_train() const { return history.epochs.back().train_accuracy; }
};

/// Trains what `build` makes, which draws from the default generator, once for each of the seeds
/// options.seed, options.seed + 1, ...; prints as the notebooks' Solver does, and a table of the runs. Draws
/// the first run's curves as <out>/<name>_loss.svg and <out>/<name>_accuracy.svg. Throws where a training
/// ends early, after the table of those before it.
std::vector<Run> train_seeds(const Options& options, int runs, const std::string& name,
                             const std::function<xtape::nn::Candidate()>& build, const Sets& sets);

/// The mean over the runs: mean_of(runs, &Run::test_accuracy), mean_of(runs, &Run::best_validation).
double mean_of(const std::vector<Run>& runs, const std::function<double(const Run&)>& number);

/// The mean of the first and of the last tenth of a run's losses: what --quick looks at.
double first_losses(const Run& run);
double last_losses(const Run& run);

}  // namespace course
