// The text of modules. Expected texts are what PyTorch 1.13 prints for the same modules, unless a comment
// says otherwise.
#include <sstream>

#include "nn/layers/activation.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/flatten.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/mlp.hpp"
#include "nn/layers/piecewise_activation.hpp"
#include "nn/layers/smooth_activation.hpp"
#include "nn/losses/modules.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct Net : nn::ModuleBase {
  nn::Linear fc1 = register_module("fc1", nn::Linear(784, 200));
  nn::Sequential rest =
      register_module("rest", nn::Sequential{nn::ReLU(), nn::Linear(200, 10, {.bias = false})});
};

struct Empty : nn::ModuleBase {};

template <class T>
struct Block : nn::ModuleBase {};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_module_print)

BOOST_AUTO_TEST_CASE(a_layer_prints_its_options_on_one_line) {
  BOOST_TEST(fmt::format("{}", nn::Linear(784, 200)) ==
             "Linear(in_features=784, out_features=200, bias=True)");
  BOOST_TEST(fmt::format("{}", nn::Linear(1, 2, {.bias = false})) ==
             "Linear(in_features=1, out_features=2, bias=False)");
  BOOST_TEST(fmt::format("{}", nn::Flatten()) == "Flatten(start_dim=1, end_dim=-1)");
  BOOST_TEST(fmt::format("{}", nn::Dropout({.p = 0.2})) == "Dropout(p=0.2, inplace=False)");
  BOOST_TEST(fmt::format("{}", nn::Dropout(1)) ==
             "Dropout(p=1.0, inplace=False)");  // PyTorch keeps the int: p=1
}

BOOST_AUTO_TEST_CASE(activations_print_their_options) {
  BOOST_TEST(fmt::format("{}", nn::ReLU()) == "ReLU()");
  BOOST_TEST(fmt::format("{}", nn::LeakyReLU()) == "LeakyReLU(negative_slope=0.01)");
  BOOST_TEST(fmt::format("{}", nn::ELU({.alpha = 0.5})) == "ELU(alpha=0.5)");
  BOOST_TEST(fmt::format("{}", nn::ELU()) == "ELU(alpha=1.0)");
  BOOST_TEST(fmt::format("{}", nn::GELU()) == "GELU(approximate='none')");
  BOOST_TEST(fmt::format("{}", nn::SiLU()) == "SiLU()");
  BOOST_TEST(fmt::format("{}", nn::Hardtanh()) == "Hardtanh(min_val=-1.0, max_val=1.0)");
  BOOST_TEST(fmt::format("{}", nn::CELU()) == "CELU(alpha=1.0)");
  BOOST_TEST(fmt::format("{}", nn::PReLU()) == "PReLU(num_parameters=1)");
  BOOST_TEST(fmt::format("{}", nn::GLU()) == "GLU(dim=-1)");
  BOOST_TEST(fmt::format("{}", nn::LogSigmoid()) == "LogSigmoid()");
  BOOST_TEST(fmt::format("{}", nn::Sigmoid()) == "Sigmoid()");
  BOOST_TEST(fmt::format("{}", nn::Tanh()) == "Tanh()");
  BOOST_TEST(fmt::format("{}", nn::Identity()) == "Identity()");
  BOOST_TEST(fmt::format("{}", nn::Softmax(1)) == "Softmax(dim=1)");
  BOOST_TEST(fmt::format("{}", nn::LogSoftmax({.dim = -1})) == "LogSoftmax(dim=-1)");
  BOOST_TEST(fmt::format("{}", nn::Softplus()) ==
             "Softplus(beta=1.0, threshold=20.0)");  // as PyTorch 2 prints it
  BOOST_TEST(fmt::format("{}", nn::LeakyReLU(1e-5)) == "LeakyReLU(negative_slope=1e-05)");
}

BOOST_AUTO_TEST_CASE(children_are_indented_below_their_parent) {
  const std::string expected =
      "Net(\n"
      "  (fc1): Linear(in_features=784, out_features=200, bias=True)\n"
      "  (rest): Sequential(\n"
      "    (0): ReLU()\n"
      "    (1): Linear(in_features=200, out_features=10, bias=False)\n"
      "  )\n"
      ")";
  const Net net;
  BOOST_TEST(fmt::format("{}", net) == expected);
  std::ostringstream out;
  out << net;
  BOOST_TEST(out.str() == expected);
}

BOOST_AUTO_TEST_CASE(an_mlp_prints_as_a_sequential_of_its_own_name) {
  const nn::MLP mlp({4, 3, 2}, {.dropout = 0.5});
  BOOST_TEST(fmt::format("{}", mlp) ==
             "MLP(\n"
             "  (0): Linear(in_features=4, out_features=3, bias=True)\n"
             "  (1): ReLU()\n"
             "  (2): Dropout(p=0.5, inplace=False)\n"
             "  (3): Linear(in_features=3, out_features=2, bias=True)\n"
             ")");
}

BOOST_AUTO_TEST_CASE(a_module_is_named_without_its_namespaces) {
  struct Local : nn::ModuleBase {};
  BOOST_TEST(fmt::format("{}", Empty()) == "Empty()");
  BOOST_TEST(fmt::format("{}", Local()) == "Local()");
  BOOST_TEST(Block<int>().name() == "Block<int>");
  BOOST_TEST(fmt::format("{}", nn::Sequential()) == "Sequential()");
  BOOST_TEST(fmt::format("{}", nn::CrossEntropyLoss()) == "CrossEntropyLoss()");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
