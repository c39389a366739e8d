// The graph of a model: names of parameters, calls of modules as scopes.
#include "nn/module/model_graph.hpp"

#include "nn/layers/activation.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"
#include "nn/module/module_of.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct Block : nn::Module {
  nn::Linear fc = register_module("fc", nn::Linear(2, 2, {.bias = false}));
  Tensor forward(const Tensor& x) override { return fc(fc(x)) + x; }
};

struct Net : nn::ModuleOf<Net> {
  Block block = register_module("block", Block());
  nn::Buffer shift = register_buffer("shift", ones({2}));
  std::pair<Tensor, Tensor> forward(const Tensor& a, const Tensor& b) { return {block(a), b - shift}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_model_graph)

BOOST_AUTO_TEST_CASE(calls_of_modules_are_frames_and_parameters_have_names) {
  nn::Sequential net{nn::Linear(3, 2), {"act", nn::ReLU()}};
  BOOST_TEST(to_dot(graph_of(net, ones({4, 3}))) ==
             "digraph {\n"
             "  node [shape=box]\n"
             "  v0 [label=\"x\\n{4, 3}\", shape=ellipse]\n"
             "  v1 [label=\"0.weight\\n{2, 3}\", shape=ellipse]\n"
             "  v2 [label=\"0.bias\\n{2}\", shape=ellipse]\n"
             "  v4 [label=\"y\\n{4, 2}\", shape=ellipse]\n"
             "  subgraph cluster_0 {\n"
             "    label=\"Sequential\"\n"
             "    subgraph cluster_1 {\n"
             "      label=\"0: Linear\"\n"
             "      op0 [label=\"linear\"]\n"
             "    }\n"
             "    subgraph cluster_2 {\n"
             "      label=\"act: ReLU\"\n"
             "      op1 [label=\"relu\"]\n"
             "    }\n"
             "  }\n"
             "  v0 -> op0\n"
             "  v1 -> op0\n"
             "  v2 -> op0\n"
             "  op0 -> op1 [label=\"{4, 2}\"]\n"
             "  op1 -> v4\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(modules_of_any_signature_and_shared_ones_are_scopes) {
  Net net;
  const Graph graph = graph_of(net, ones({1, 2}), zeros({2}));
  std::vector<std::string> scopes, names;
  for (const Graph::Scope& scope : graph.scopes) {
    scopes.push_back(fmt::format("{} {} in {}", scope.name, scope.kind, scope.parent));
    BOOST_TEST(!scope.module);
  }
  for (const Graph::Value& value : graph.values) {
    if (!value.name.empty()) names.push_back(value.name);
  }
  BOOST_TEST(scopes == (std::vector<std::string>{" Net in -1", "block Block in 0", "block.fc Linear in 1",
                                                 "block.fc Linear in 1"}));
  BOOST_TEST(names == (std::vector<std::string>{"x0", "x1", "block.fc.weight", "shift", "y0", "y1"}));
  BOOST_REQUIRE_EQUAL(graph.ops.size(), 4u);
  BOOST_TEST(graph.ops[1].scope == 3);
  BOOST_TEST(graph.ops[2].scope == 1);
  BOOST_TEST(graph.ops[3].scope == 0);
}

BOOST_AUTO_TEST_CASE(the_model_runs_in_the_mode_that_it_is_in) {
  nn::Sequential net{nn::Dropout(), nn::ReLU()};
  BOOST_TEST(graph_of(net, ones({4})).ops.size() == 2u);
  net.eval();
  const NoGradGuard no_grad;
  BOOST_TEST(graph_of(net, ones({4})).ops.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_result_is_drawn_with_the_names_of_a_model) {
  nn::Linear net(3, 2);
  BOOST_TEST(to_dot(net(ones({4, 3})), net) ==
             "digraph {\n"
             "  node [shape=box]\n"
             "  v0 [label=\"{4, 3}\", shape=ellipse]\n"
             "  v1 [label=\"weight\\n{2, 3}\", shape=ellipse]\n"
             "  v2 [label=\"bias\\n{2}\", shape=ellipse]\n"
             "  v3 [label=\"{4, 2}\", shape=ellipse]\n"
             "  op0 [label=\"linear\"]\n"
             "  v0 -> op0\n"
             "  v1 -> op0\n"
             "  v2 -> op0\n"
             "  op0 -> v3\n"
             "}\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
