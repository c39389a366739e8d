// StateDict, and saving and loading the state of modules.
#include "files/state_dict.hpp"

#include <xtape/optim.hpp>
#include "nn/layers/linear.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct WithBuffers : nn::ModuleBase {
  Tensor weight = register_parameter("weight", randn({2, 3}));
  Tensor mean = register_buffer("mean", zeros({3}));
  Tensor scratch = register_buffer("scratch", zeros({3}), /*persistent=*/false);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_state_dict)

BOOST_AUTO_TEST_CASE(entries_keep_the_order_of_their_insertion) {
  const Tensor w = ones({2}), b = zeros({1});
  StateDict dict{{"z.weight", w}, {"a.bias", b}};
  dict["m"] = w;
  BOOST_TEST(dict.size() == 3u);
  BOOST_TEST((dict.keys() == std::vector<std::string>{"z.weight", "a.bias", "m"}));
  std::vector<std::string> seen;
  for (const auto& [name, value] : dict) seen.push_back(name + value.shape().to_string());
  BOOST_TEST((seen == std::vector<std::string>{"z.weight{2}", "a.bias{1}", "m{2}"}));
  BOOST_TEST(dict.contains("a.bias"));
  BOOST_TEST(!dict.contains("a"));
  BOOST_TEST(dict.at("z.weight").is_same(w));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_missing_or_taken_is_an_error) {
  StateDict dict{{"a", ones({1})}};
  expect_error([&] { static_cast<void>(dict.at("b")); }, "there is no \"b\"; there are \"a\"");
  expect_error([&] { dict.insert("a", ones({1})); }, "\"a\" appears twice");
  dict["a"] = zeros({4});
  BOOST_TEST(dict.at("a").numel() == 4);
}

BOOST_AUTO_TEST_CASE(names_of_files_are_escaped_and_cut_in_every_message) {
  StateDict dict;
  for (int i = 0; i < 5000; ++i) dict.insert(fmt::format("{}\x1b[31m{:0>1000}", i, ""), ones({1}));
  nn::Linear linear(2, 2);
  optim::SGD sgd(linear.parameters());
  optim::StepLR step(sgd, 3);
  const auto expect_short = [](const std::string& text) {
    BOOST_TEST(text.size() < 200'000u);
    BOOST_TEST(text.find("0\\x1b[31m00") != std::string::npos);
    BOOST_TEST(text.find('\x1b') == std::string::npos);
    BOOST_TEST(text.find(" more") != std::string::npos);
  };
  expect_short(error_of([&] { static_cast<void>(dict.at(std::string(5000, '\x1b'))); }));
  expect_short(error_of([&] { linear.load_state_dict(dict); }));
  expect_short(error_of([&] { sgd.load_state_dict(dict); }));
  expect_short(error_of([&] { step.load_state_dict(dict); }));
}

BOOST_AUTO_TEST_CASE(a_round_trip_makes_two_modules_equal) {
  nn::Sequential a{nn::Linear(3, 4), nn::Linear(4, 2)}, b{nn::Linear(3, 4), nn::Linear(4, 2)};
  const Tensor x = randn({5, 3});
  BOOST_TEST(!a(x).equal(b(x)));
  const Tensor weight_of_b = b.parameters()[0];
  b.load_state_dict(a.state_dict());
  BOOST_TEST(a(x).equal(b(x)));
  BOOST_TEST(b.parameters()[0].is_same(weight_of_b));
  {
    const NoGradGuard no_grad;
    a.parameters()[0].zero_();
  }
  BOOST_TEST(!a(x).equal(b(x)));  // loading copied the values
}

BOOST_AUTO_TEST_CASE(a_state_dict_shares_values_and_has_no_history) {
  nn::Linear linear(2, 2);
  const StateDict dict = linear.state_dict();
  BOOST_TEST((dict.keys() == std::vector<std::string>{"weight", "bias"}));
  BOOST_TEST(!dict.at("weight").requires_grad());
  {
    const NoGradGuard no_grad;
    linear.weight().fill_(3);
  }
  BOOST_TEST(dict.at("weight").sum().item() == 12.0);
}

BOOST_AUTO_TEST_CASE(buffers_are_saved_unless_they_are_not_persistent) {
  const WithBuffers module;
  BOOST_TEST((module.state_dict().keys() == std::vector<std::string>{"weight", "mean"}));
  BOOST_TEST(module.named_buffers().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_hand_made_dict_loads) {
  nn::Sequential net{nn::Linear(2, 1)};
  net.load_state_dict({{"0.weight", tensor({{1.0, 2.0}})}, {"0.bias", tensor({3.0})}});
  BOOST_TEST(net(ones({1, 2})).item() == 6.0);
}

BOOST_AUTO_TEST_CASE(one_error_lists_every_misfit_and_nothing_is_changed) {
  nn::Sequential net{nn::Linear(2, 3), nn::Linear(3, 1)};
  const std::vector<double> before = net.parameters()[0].to_vector<double>();
  const StateDict dict{{"0.weight", zeros({3, 2})},
                       {"1.weight", zeros({1, 4})},
                       {"1.bias", zeros({1}, {.dtype = kFloat64})},
                       {"2.weight", zeros({1})}};
  const std::string text = error_of([&] { net.load_state_dict(dict); });
  BOOST_TEST(text ==
             "load_state_dict: the state does not fit this Sequential:\n"
             "  missing: \"0.bias\"\n"
             "  unexpected: \"2.weight\"\n"
             "  wrong shape: \"1.weight\" is {1, 4}; expected {1, 3}\n"
             "  wrong dtype: \"1.bias\" is float64; expected float32");
  BOOST_TEST(net.parameters()[0].to_vector<double>() == before);
}

BOOST_AUTO_TEST_CASE(without_strict_other_names_are_reported_but_shapes_must_fit) {
  nn::Linear linear(2, 1);
  const auto keys =
      linear.load_state_dict({{"weight", ones({1, 2})}, {"extra", ones({1})}}, {.strict = false});
  BOOST_TEST((keys.missing_keys == std::vector<std::string>{"bias"}));
  BOOST_TEST((keys.unexpected_keys == std::vector<std::string>{"extra"}));
  expect_values(linear.weight(), {1, 1});
  expect_error([&] { linear.load_state_dict({{"weight", ones({2, 2})}}, false); }, "wrong shape");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
