// Searching for good hyper-parameters: a training for each choice of values, and a table of how they ended.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/train/search_space.hpp"
#include "nn/train/trainer.hpp"

namespace xtape::nn {

/// What a trial trains: `return Candidate(model, optim::Adam(model.parameters(), {.lr = ...}), {.epochs =
/// 5});` The trial prints nothing of its own, whatever print_every says.
class Candidate {
 public:
  template <std::derived_from<Module> M, std::derived_from<optim::Optimizer> O>
  Candidate(M model, O optimizer, const TrainerOptions& options = {})
      : model_(std::make_shared<M>(std::move(model))),
        optimizer_(std::make_shared<O>(std::move(optimizer))),
        options_(options) {}

  const std::shared_ptr<Module>& model() const { return model_; }
  optim::Optimizer& optimizer() const { return *optimizer_; }
  const TrainerOptions& options() const { return options_; }

 private:
  std::shared_ptr<Module> model_;
  std::shared_ptr<optim::Optimizer> optimizer_;
  TrainerOptions options_;
};

using BuildCandidate = std::function<Candidate(const Params&)>;

struct Trial {
  std::int64_t number = 0;  ///< 1, 2, ... in the order they ran
  Params params = {};
  History history = {};
  std::string failure = {};  ///< why it failed: "diverged in iteration 7", an exception's text

  bool failed() const { return !failure.empty(); }
};

struct SearchOptions {
  std::uint64_t seed = 0;  ///< each trial begins with it, so that none depends on earlier ones
  std::string csv = {};    ///< written after each trial, where it is set
  bool verbose = true;     ///< a line per trial, and the table at the end
  std::function<void(std::string_view)> print = {};  ///< gets each line, without its end; unset: stdout
};

struct SearchResult {
  /// Best first, by validation accuracy; by loss among equals, or where none is measured. Failed ones come
  /// last.
  std::vector<Trial> trials = {};
  std::shared_ptr<Module> best_model = {};  ///< with the weights of its best epoch; null where all failed
  std::string csv_failure = {};             ///< why the CSV file lacks the last trial; "" where it does not
  bool interrupted = false;                 ///< Ctrl-C ended the search

  /// The first of the trials; an Error where all failed.
  const Trial& best() const;
};

/// Trains the candidate that `build` makes of every combination:
///
///   const auto build = [](const nn::Params& p) {
///     nn::MLP model({784, p.get<int>("units"), 10}, {.dropout = p.get<double>("dropout")});
///     return nn::Candidate(model, optim::Adam(model.parameters(), {.lr = p.get<double>("lr")}));
///   };
///   const nn::SearchSpace space{{"lr", {0.001, 0.01}}, {"units", {256, 512}}, {"dropout", {0.2, 0.5}}};
///   nn::SearchResult result = nn::grid_search(space, build, train, validation, {.csv = "search.csv"});
///
/// A trial that diverges or throws is reported as failed, and the search goes on. Ctrl-C ends the search
/// and keeps what it has so far.
SearchResult grid_search(const SearchSpace& space, const BuildCandidate& build,
                         const datasets::Dataset& train, const datasets::Dataset& validation,
                         const SearchOptions& options = {});
/// The same for `trials` random choices, from ranges too.
SearchResult random_search(const SearchSpace& space, std::int64_t trials, const BuildCandidate& build,
                           const datasets::Dataset& train, const datasets::Dataset& validation,
                           const SearchOptions& options = {});

/// The trials as a table, in their order: number, parameters, the best epoch and what was measured then.
std::string to_string(const SearchResult& result);
std::ostream& operator<<(std::ostream& out, const SearchResult& result);
/// The same as CSV, with all digits.
void save_csv(const SearchResult& result, const std::string& path);

}  // namespace xtape::nn

template <>
struct fmt::formatter<xtape::nn::SearchResult> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(const xtape::nn::SearchResult& result, Context& context) const {
    return write(xtape::nn::to_string(result), context);
  }
};
