// grid_search and random_search: how trials run, are sorted and shown, and what becomes of those that fail.
#include "nn/train/search.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/nn/train/trainer_fixture.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

namespace {

using nn::Params;
using nn::SearchRange;
using nn::SearchSpace;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

nn::Candidate small_candidate(const Params& params) {
  nn::MLP model({2, params.get<int>("units"), 2});
  return {model,
          optim::SGD(model.parameters(), {.lr = params.get<double>("lr")}),
          {.epochs = 3, .batch_size = 16}};
}

const datasets::TensorDataset& train_set() {
  static const auto data = points(100, 1);
  return data;
}
const datasets::TensorDataset& validation_set() {
  static const auto data = points(60, 2);
  return data;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_tuning)

BOOST_AUTO_TEST_CASE(trials_are_sorted_and_the_best_model_comes_back) {
  const nn::SearchResult result =
      nn::grid_search({{"lr", {0.0, 0.01, 0.5}}, {"units", {4, 16}}}, small_candidate, train_set(),
                      validation_set(), {.verbose = false});
  BOOST_TEST(result.trials.size() == 6u);
  BOOST_TEST(!result.interrupted);
  for (std::size_t i = 1; i < 6; ++i) {
    BOOST_TEST(result.trials[i - 1].history.best().validation_accuracy >=
               result.trials[i].history.best().validation_accuracy);
  }
  BOOST_TEST(result.best().params.get<double>("lr") == 0.5);
  BOOST_TEST(nn::accuracy(*result.best_model, validation_set()) ==
             result.best().history.best().validation_accuracy);
  BOOST_TEST(result.best().history.best().validation_accuracy > 0.9);
}

BOOST_AUTO_TEST_CASE(a_trial_depends_on_its_params_and_the_seed_alone) {
  const auto losses = [](const SearchSpace& space, std::uint64_t seed) {
    const nn::SearchResult result = nn::grid_search(space, small_candidate, train_set(), validation_set(),
                                                    {.seed = seed, .verbose = false});
    for (const nn::Trial& trial : result.trials) {
      if (trial.params.get<double>("lr") == 0.5) return trial.history.losses;
    }
    return std::vector<double>();
  };
  manual_seed(3);
  const auto before = default_generator().state();
  const std::vector<double> alone = losses({{"lr", {0.5}}, {"units", {4}}}, 7);
  BOOST_TEST((default_generator().state() == before));
  manual_seed(4);
  BOOST_TEST(losses({{"lr", {0.1, 0.2, 0.5}}, {"units", {4}}}, 7) == alone, boost::test_tools::per_element());
  BOOST_TEST((losses({{"lr", {0.5}}, {"units", {4}}}, 8) != alone));
}

BOOST_AUTO_TEST_CASE(a_failing_trial_is_reported_and_the_rest_runs) {
  const TemporaryFolder folder;
  const std::filesystem::path csv = folder / "xtape_search_test.csv";
  Lines lines;
  const auto build = [](const Params& params) {
    check(params.get<int>("units") > 0, "no units,\n  \"{}\"", 0);  // two lines, in a table one
    return small_candidate(params);
  };
  const nn::SearchResult result =
      nn::grid_search({{"lr", {1e30, 0.5}}, {"units", {0, 4}}}, build, train_set(), validation_set(),
                      {.csv = csv, .print = std::ref(lines)});
  BOOST_REQUIRE(result.trials.size() == 4u);
  BOOST_TEST(result.trials[0].number == 4);
  BOOST_TEST(result.best().number == 4);
  BOOST_TEST(result.trials[1].failure == "failed: no units, \"0\"");
  BOOST_TEST(result.trials[1].number == 1);
  BOOST_TEST(result.trials[2].failure.find("diverged in iteration ") == 0u);
  BOOST_TEST(result.trials[2].history.diverged());

  BOOST_REQUIRE(lines.all.size() == 5u);  // of each trial, and the table
  BOOST_TEST(lines.all[0] == "(Trial 1 / 4) lr: 1e+30; units: 0: failed: no units, \"0\"");
  const nn::EpochRecord& best = result.best().history.best();
  const double seconds = result.best().history.seconds;
  BOOST_TEST(lines.all[3] ==
             fmt::format("(Trial 4 / 4) lr: 0.5; units: 4: val_acc: {:.6f} in epoch {}; {:.1f} s",
                         best.validation_accuracy, best.epoch, seconds));
  BOOST_TEST(lines.all[4] == "\n" + to_string(result));
  BOOST_TEST(fmt::format("{}", result) ==
             fmt::format("#     lr  units  val_acc  val_loss  train_acc  epoch  seconds\n"
                         "4    0.5      4   {:.4f}    {:.4f}     {:.4f}      {}      {:.1f}\n"
                         "1  1e+30      0  failed: no units, \"0\"\n"
                         "2  1e+30      4  {}\n"
                         "3    0.5      0  failed: no units, \"0\"",
                         best.validation_accuracy, best.validation_loss, best.train_accuracy, best.epoch,
                         seconds, result.trials[2].failure));
  const std::string text = text_of(csv);
  BOOST_TEST(text.find("trial,lr,units,validation_accuracy,validation_loss,train_accuracy,best_epoch,epochs,"
                       "seconds,ending,failure\n4,0.5,4,") == 0u);
  BOOST_TEST(text.find(",3,") != std::string::npos);
  BOOST_TEST(text.find("\n1,1e+30,0,,,,,0,0,,\"failed: no units, \"\"0\"\"\"\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_all_trials_fail_there_is_no_best) {
  const nn::SearchResult result = nn::grid_search({{"lr", {1e30}}, {"units", {4}}}, small_candidate,
                                                  train_set(), validation_set(), {.verbose = false});
  BOOST_TEST(!result.best_model);
  expect_error([&] { static_cast<void>(result.best()); },
               "search: all trials failed (1); the first: diverged in");
  expect_error([] { static_cast<void>(nn::SearchResult().best()); }, "search: there was no trial");
  const SearchSpace space{{"lr", {0.5}}, {"units", {4}}};
  expect_error(
      [&] {
        nn::grid_search(space, small_candidate, train_set(), validation_set(),
                        {.csv = "/nowhere/search.csv"});
      },
      "/nowhere/search.csv");
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_the_search_with_what_it_has) {
  const TemporaryFolder folder;
  const std::filesystem::path csv = folder / "xtape_search_interrupted_test.csv";
  int built = 0;
  const auto build = [&](const Params& params) {
    nn::Candidate plain = small_candidate(params);
    nn::MLP model({2, 4, 2});
    nn::TrainerOptions options = plain.options();
    const bool interrupts = ++built == 2;
    options.on_epoch = [interrupts](const nn::EpochRecord&) {
      if (interrupts) std::raise(SIGINT);
    };
    return nn::Candidate(model, optim::SGD(model.parameters(), {.lr = 0.1}), options);
  };
  const nn::SearchResult result =
      nn::grid_search({{"lr", {0.1, 0.2, 0.3}}, {"units", {4}}}, build, train_set(), validation_set(),
                      {.csv = csv, .verbose = false});
  BOOST_TEST(result.interrupted);
  BOOST_TEST(result.trials.size() == 2u);
  BOOST_TEST(result.csv_failure == "");
  const std::string text = text_of(csv);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 3);
  BOOST_TEST(text.find("interrupted") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ctrl_c_between_two_trainings_ends_the_search_too) {
  const nn::SearchSpace space{{"lr", {0.1, 0.2, 0.3}}, {"units", {4}}};
  const auto interrupts = [](std::string_view line) {
    if (line.starts_with("(Trial 2 ")) std::raise(SIGINT);
  };
  const nn::SearchResult behind =
      nn::grid_search(space, small_candidate, train_set(), validation_set(), {.print = interrupts});
  BOOST_TEST(behind.interrupted);
  BOOST_TEST(behind.trials.size() == 2u);
  BOOST_TEST(!behind.trials.back().failed());

  int built = 0;
  const auto build = [&](const Params& params) {
    if (++built == 2) std::raise(SIGINT);
    return small_candidate(params);
  };
  const nn::SearchResult before =
      nn::grid_search(space, build, train_set(), validation_set(), {.verbose = false});
  BOOST_TEST(before.interrupted);
  BOOST_TEST(before.trials.size() == 2u);
  BOOST_TEST(before.best().number == 1);
  BOOST_TEST(before.trials.back().failure == "interrupted before its training");
}

BOOST_AUTO_TEST_CASE(a_random_search_runs_as_many_trials_as_wanted) {
  const SearchSpace space{{"lr", SearchRange{.low = 0.01, .high = 1, .log = true}}, {"units", {2, 4}}};
  const auto run = [&] {
    return nn::random_search(space, 4, small_candidate, train_set(), validation_set(),
                             {.seed = 5, .verbose = false});
  };
  const nn::SearchResult a = run(), b = run();
  BOOST_TEST(a.trials.size() == 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST((a.trials[i].params == b.trials[i].params));
    BOOST_TEST(a.trials[i].history.losses == b.trials[i].history.losses, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
