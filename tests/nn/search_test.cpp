// grid_search and random_search: which trials run, how they are sorted and shown, and what becomes of those
// that fail.
#include "nn/train/search.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/nn/trainer_fixture.hpp"

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

/// A file for one test, gone afterwards.
struct TemporaryFile {
  std::filesystem::path path;
  explicit TemporaryFile(const std::string& name) : path(std::filesystem::temp_directory_path() / name) {
    std::filesystem::remove(path);
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
};

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

BOOST_AUTO_TEST_CASE(a_grid_holds_every_combination_the_last_changing_first) {
  const SearchSpace space{
      {"lr", {0.1, 1}}, {"units", {256, 512}}, {"act", {"relu", "tanh"}}, {"bias", {true}}};
  const std::vector<Params> all = nn::all_params(space);
  BOOST_TEST(all.size() == 8u);
  BOOST_TEST(to_string(all[0]) == "lr: 0.1; units: 256; act: relu; bias: true");
  BOOST_TEST(to_string(all[1]) == "lr: 0.1; units: 256; act: tanh; bias: true");
  BOOST_TEST(to_string(all[7]) == "lr: 1; units: 512; act: tanh; bias: true");
  BOOST_TEST(nn::all_params({}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(params_give_their_values_as_what_is_asked_for) {
  const Params params{
      {"lr", 0.1}, {"units", 256}, {"act", nn::Activation::tanh}, {"bias", true}, {"note", "a"}};
  BOOST_TEST(params.get<double>("lr") == 0.1);
  BOOST_TEST(params.get<float>("units") == 256.0f);
  BOOST_TEST(params.get<int>("units") == 256);
  BOOST_TEST(params.get<std::uint64_t>("units") == 256u);
  BOOST_TEST((params.get<nn::Activation>("act") == nn::Activation::tanh));
  BOOST_TEST(params.get<std::string>("act") == "tanh");
  BOOST_TEST(params.get<bool>("bias"));
  expect_error([&] { params.get<int>("rate"); },
               "search: there is no parameter \"rate\"; there are lr, units, act, bias, note");
  expect_error([&] { params.get<int>("lr"); }, "search: lr is 0.1; asked for as an integer from -2147483648");
  expect_error([&] { params.get<std::uint8_t>("units"); },
               "search: units is 256; asked for as an integer from 0 to 255");
  expect_error([&] { params.get<double>("note"); }, "search: note is a; asked for as a number");
  expect_error([&] { params.get<bool>("units"); }, "search: units is 256; asked for as a bool");
  expect_error([&] { params.get<std::string>("lr"); }, "search: lr is 0.1; asked for as a text");
  expect_error([&] { params.get<nn::Activation>("note"); }, "activation_named: there is no \"a\"");
}

BOOST_AUTO_TEST_CASE(random_choices_from_lists_do_not_repeat) {
  const SearchSpace space{{"a", {1, 2, 3}}, {"b", {"x", "y"}}};
  Generator generator(1), again(1);
  const std::vector<Params> all = nn::random_params(space, 100, generator);
  BOOST_TEST(all.size() == 6u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) BOOST_TEST(!(all[i] == all[j]));
  }
  BOOST_TEST((nn::random_params(space, 4, again) == std::vector<Params>(all.begin(), all.begin() + 4)));
}

BOOST_AUTO_TEST_CASE(random_choices_from_ranges_lie_within_them) {
  const SearchSpace space{{"lr", SearchRange{.low = 1e-4, .high = 1, .log = true}},
                          {"units", SearchRange{.low = 1, .high = 4, .integer = true}},
                          {"p", SearchRange{.low = 0.25, .high = 0.5}},
                          {"act", {"relu", "tanh"}}};
  Generator generator(2);
  std::vector<int> units(5), decades(4);
  double p_sum = 0;
  const std::vector<Params> drawn = nn::random_params(space, 4000, generator);
  for (const Params& params : drawn) {
    const double lr = params.get<double>("lr"), p = params.get<double>("p");
    BOOST_REQUIRE((lr >= 1e-4 && lr <= 1 && p >= 0.25 && p <= 0.5));
    ++units.at(params.get<std::size_t>("units"));
    ++decades.at(static_cast<std::size_t>(std::min(3.0, std::floor(std::log10(lr) + 4))));
    p_sum += p;
  }
  BOOST_TEST(units[0] == 0);
  for (std::size_t i = 0; i < 4;
       ++i) {  // each a binomial of 4000 and 1/4: 1000, five standard deviations 137
    BOOST_TEST(std::abs(units[i + 1] - 1000) < 137);
    BOOST_TEST(std::abs(decades[i] - 1000) < 137);
  }
  BOOST_TEST(std::abs(p_sum / 4000 - 0.375) < 0.006);
}

BOOST_AUTO_TEST_CASE(spaces_are_checked) {
  expect_error(
      [] {
        nn::all_params({{"lr", SearchRange{}}});
      },
      "grid_search: \"lr\" is a range; expected a list of values");
  expect_error([] { nn::SearchDimension("lr", std::vector<nn::ParamValue>{}); },
               "search: the parameter \"lr\" has no values");
  expect_error([] { nn::SearchDimension("lr", SearchRange{.low = 1, .high = 0}); },
               "search: the range of \"lr\" is 1 to 0; expected low <= high");
  expect_error([] { nn::SearchDimension("lr", SearchRange{.low = 0, .high = 1, .log = true}); },
               "search: the range of \"lr\" begins at 0; a logarithmic one is above 0");
  expect_error([] { nn::SearchDimension("n", SearchRange{.low = 0.5, .high = 1, .integer = true}); },
               "search: the range of \"n\" is 0.5 to 1; expected integers below 9e15");
  expect_error(
      [] {
        nn::all_params({{"lr", {1}}, {"lr", {2}}});
      },
      "search: the parameter \"lr\" appears twice");
  const std::vector<nn::ParamValue> many(1001, 1);
  expect_error([&] { nn::all_params({{"a", many}, {"b", many}}); }, "more than 1000000 combinations");
  Generator generator;
  expect_error(
      [&] {
        nn::random_params({{"a", {1}}}, -1, generator);
      },
      "random_search: the number of trials is -1");
}

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
  const TemporaryFile csv("xtape_search_test.csv");
  Lines lines;
  const auto build = [](const Params& params) {
    check(params.get<int>("units") > 0, "no units, \"{}\"", 0);
    return small_candidate(params);
  };
  const nn::SearchResult result =
      nn::grid_search({{"lr", {1e30, 0.5}}, {"units", {0, 4}}}, build, train_set(), validation_set(),
                      {.csv = csv.path, .print = std::ref(lines)});
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
  const std::string text = text_of(csv.path);
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
               "search: all 1 trials failed; the first: diverged in");
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
  const TemporaryFile csv("xtape_search_interrupted_test.csv");
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
                      {.csv = csv.path, .verbose = false});
  BOOST_TEST(result.interrupted);
  BOOST_TEST(result.trials.size() == 2u);
  BOOST_TEST(result.csv_failure == "");
  const std::string text = text_of(csv.path);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 3);
  BOOST_TEST(text.find("interrupted") != std::string::npos);
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
