// ModuleList, ModuleDict, Functional, and functions and names in Sequential. Names are PyTorch's.
#include "nn/layers/activation.hpp"
#include "nn/layers/linear.hpp"
#include "nn/module/module_dict.hpp"
#include "nn/module/module_list.hpp"
#include "nn/module/module_of.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using Names = std::vector<std::string>;

struct Stack : nn::Module {
  nn::ModuleList blocks = register_module("blocks", nn::ModuleList(nn::Linear(2, 2), nn::ReLU()));
  Tensor forward(const Tensor& x) override {
    Tensor y = x;
    for (auto& block : blocks) y = block(y);
    return y;
  }
};

struct Decoder : nn::ModuleOf<Decoder> {
  nn::Linear fc;
  explicit Decoder(std::int64_t n = 2) : fc(register_module("fc", nn::Linear(n, n))) {}
  Tensor forward(const Tensor& x, const Tensor& memory) { return fc(x) + memory; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_containers)

BOOST_AUTO_TEST_CASE(a_list_names_its_modules_by_their_places) {
  Stack net;
  BOOST_TEST((net.state_dict().keys() == Names{"blocks.0.weight", "blocks.0.bias"}));
  net.blocks.push_back(nn::Linear(2, 3));
  BOOST_TEST(net.state_dict().contains("blocks.2.weight"));
  BOOST_TEST((net(ones({1, 2})).shape() == Shape{1, 3}));
  BOOST_TEST(net.blocks.size() == 3u);
  BOOST_TEST(net.blocks[-1].as<nn::Linear>()->out_features() == 3);
  expect_error([&] { (void)net.blocks[3]; }, "ModuleList: index 3 is out of range for 3 modules");
}

BOOST_AUTO_TEST_CASE(a_list_prints_as_in_pytorch) {
  BOOST_TEST(to_string(nn::ModuleList(nn::ReLU())) == "ModuleList(\n  (0): ReLU()\n)");
}

BOOST_AUTO_TEST_CASE(a_list_of_one_type_is_made_by_a_function_and_gives_that_type) {
  nn::ModuleListOf<Decoder> layers(2, [] { return Decoder(); });
  Tensor x = ones({1, 2});
  for (Decoder& layer : layers) x = layer(x, ones({1, 2}));
  BOOST_TEST((x.shape() == Shape{1, 2}));
  BOOST_TEST(layers.state_dict().contains("1.fc.weight"));
  nn::ModuleListOf<Decoder> growing(3, [](std::int64_t i) { return Decoder(i + 1); });
  BOOST_TEST(growing[2].fc.in_features() == 3);
  expect_error([&] { growing.register_module("other", nn::ReLU()); },
               "ModuleList: \"other\" is ReLU, which this list does not hold");
  expect_error([] { nn::ModuleListOf<Decoder>(-1, [] { return Decoder(); }); },
               "the number of modules is -1");
}

BOOST_AUTO_TEST_CASE(a_dict_holds_modules_by_name) {
  nn::ModuleDict heads{{"policy", nn::Linear(2, 3)}, {"act", nn::ReLU()}};
  heads.insert("value", nn::Linear(2, 1));
  BOOST_TEST((heads.keys() == Names{"policy", "act", "value"}));
  BOOST_TEST((heads["value"](ones({1, 2})).shape() == Shape{1, 1}));
  BOOST_TEST(
      (heads.state_dict().keys() == Names{"policy.weight", "policy.bias", "value.weight", "value.bias"}));
  for (const auto& [name, head] : heads.items()) BOOST_TEST((name == "act") == (head.name() == "ReLU"));
  BOOST_TEST(heads.contains("act"));
  BOOST_TEST(!heads.contains("acts"));
  expect_error([&] { (void)heads["acts"]; }, "there is no \"acts\"; there are policy, act, value");
  expect_error([&] { heads.insert("act", nn::ReLU()); }, "ModuleDict has a \"act\" already");
}

BOOST_AUTO_TEST_CASE(functions_stand_in_a_sequential) {
  nn::Sequential net{nn::Linear(4, 4), [](const Tensor& x) { return x * 0 - 1; }, relu, nn::ReLU()};
  expect_values(net(ones({1, 4})), {0, 0, 0, 0});
  BOOST_TEST(net.size() == 4u);
  BOOST_TEST(net[2].name() == "Functional");
  net.push_back([](const Tensor& x) { return x + 5; });
  expect_values(net(ones({1, 4})), {5, 5, 5, 5});
  nn::Functional functional(relu);
  expect_values(functional(full({2}, -1)), {0, 0});
  expect_error([] { nn::Functional{std::function<Tensor(const Tensor&)>()}; },
               "Functional: the function is empty");
}

BOOST_AUTO_TEST_CASE(an_overloaded_function_is_the_one_of_one_tensor) {
  nn::Functional total(sum);
  BOOST_TEST(total(ones({3})).item() == 3.0);
  nn::Sequential net{nn::ReLU(), sum};
  BOOST_TEST(net(ones({3})).item() == 3.0);
}

BOOST_AUTO_TEST_CASE(a_sequential_is_named_in_braces_with_or_without_parentheses) {
  nn::Sequential named({{"fc", nn::Linear(4, 4)}, {"act", nn::ReLU()}});
  BOOST_TEST((named.state_dict().keys() == Names{"fc.weight", "fc.bias"}));
  nn::Sequential with_functions{
      {"fc", nn::Linear(4, 4)}, {"act", relu}, {"half", [](const Tensor& x) { return x / 2; }}};
  BOOST_TEST(with_functions.named_children().keys() == (Names{"fc", "act", "half"}));
  BOOST_TEST((with_functions(ones({1, 4})).shape() == Shape{1, 4}));
}

BOOST_AUTO_TEST_CASE(a_sequential_of_one_sequential_is_a_handle) {
  nn::Sequential net{nn::Linear(2, 2), nn::ReLU()};
  nn::Sequential copy{net};
  BOOST_TEST(copy.is_same(net));
  nn::Sequential one{nn::Linear(2, 2)};
  BOOST_TEST(one.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
