// Named values of a search, and the choices of a grid and of a random search.
#include "nn/train/search_space.hpp"

#include <algorithm>
#include <limits>

#include "tests/support/expect.hpp"

namespace xtape::testing {

using nn::Params;
using nn::SearchRange;
using nn::SearchSpace;

BOOST_AUTO_TEST_SUITE(nn_tuning_space)

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

BOOST_AUTO_TEST_CASE(more_trials_than_memory_holds_are_an_error) {
  Generator generator(0);
  expect_error(
      [&] {
        (void)nn::random_params({{"lr", nn::SearchRange{.low = 0, .high = 1}}},
                                std::numeric_limits<std::int64_t>::max(), generator);
      },
      "random_search: 9223372036854775807 trials; expected at most 1000000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
