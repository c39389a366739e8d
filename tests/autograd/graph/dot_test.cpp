// Graphs as Graphviz text, and graph_of, which reads them off a history.
#include "autograd/graph/dot.hpp"

#include "autograd/graph/trace.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const Shape& shape, DType dtype = kFloat32) {
  return ones(shape, {.dtype = dtype, .requires_grad = true});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_dot)

BOOST_AUTO_TEST_CASE(the_history_of_a_result_is_drawn) {
  const Tensor w = leaf({3, 2}), x = ones({4, 3});
  const Tensor y = sum(relu(matmul(x, w)), 1);
  BOOST_TEST(to_dot(y, {{"w", w}}) ==
             "digraph {\n"
             "  node [shape=box]\n"
             "  v0 [label=\"{4, 3}\", shape=ellipse]\n"
             "  v1 [label=\"w\\n{3, 2}\", shape=ellipse]\n"
             "  v4 [label=\"{4}\", shape=ellipse]\n"
             "  op0 [label=\"matmul\\na_transposed=false, b_transposed=false\"]\n"
             "  op1 [label=\"relu\"]\n"
             "  op2 [label=\"sum\\ndim={1}, keepdim=false\"]\n"
             "  v0 -> op0\n"
             "  v1 -> op0\n"
             "  op0 -> op1 [label=\"{4, 2}\"]\n"
             "  op1 -> op2 [label=\"{4, 2}\"]\n"
             "  op2 -> v4\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(a_value_that_several_ops_take_is_one_value) {
  const Tensor x = leaf({2}, kFloat64);
  const Tensor y = exp(x);
  const Graph graph = graph_of(y * y + x);
  BOOST_TEST(graph.values.size() == 4u);
  BOOST_REQUIRE_EQUAL(graph.ops.size(), 3u);
  BOOST_TEST(graph.ops[0].inputs == std::vector<int>({0}));
  BOOST_TEST(graph.ops[1].inputs == std::vector<int>({1, 1}));
  BOOST_TEST(graph.ops[2].inputs == std::vector<int>({2, 0}));
  BOOST_TEST(to_dot(graph).find("op0 -> op1 [label=\"{2} float64\"]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_output_of_several_says_which_it_is) {
  Tracer tracer;
  const Tensor x = ones({2, 3});
  const std::vector<Tensor> parts = split(x, 1);
  tracer.name(relu(parts[1]), "y");
  BOOST_TEST(to_dot(tracer.graph()) ==
             "digraph {\n"
             "  node [shape=box]\n"
             "  v0 [label=\"{2, 3}\", shape=ellipse]\n"
             "  v1 [label=\"{1, 3}\", shape=ellipse]\n"
             "  v3 [label=\"y\\n{1, 3}\", shape=ellipse]\n"
             "  op0 [label=\"split\\nsplit_size=1, dim=0\"]\n"
             "  op1 [label=\"relu\"]\n"
             "  v0 -> op0\n"
             "  op0 -> op1 [label=\"output 1: {1, 3}\"]\n"
             "  op0 -> v1 [label=\"output 0\"]\n"
             "  op1 -> v3\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(scopes_are_frames) {
  Tracer tracer;
  const Tensor x = ones({2});
  {
    const TraceScope layer("layer1");
    const Tensor y = relu(x);
    const TraceScope inner("lstm");
    exp(y);
  }
  BOOST_TEST(to_dot(tracer.graph()) ==
             "digraph {\n"
             "  node [shape=box]\n"
             "  v0 [label=\"{2}\", shape=ellipse]\n"
             "  v2 [label=\"{2}\", shape=ellipse]\n"
             "  subgraph cluster_0 {\n"
             "    label=\"layer1\"\n"
             "    op0 [label=\"relu\"]\n"
             "    subgraph cluster_1 {\n"
             "      label=\"lstm\"\n"
             "      op1 [label=\"exp\"]\n"
             "    }\n"
             "  }\n"
             "  v0 -> op0\n"
             "  op0 -> op1 [label=\"{2}\"]\n"
             "  op1 -> v2\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(text_is_escaped) {
  Graph graph;
  graph.values.push_back(
      {.name = "a\"b\\N\n<&lt;" + std::string(1, '\0') + "\x01\xc3\xa9", .shape = {}, .dtype = kInt64});
  BOOST_TEST(to_dot(graph) ==
             "digraph {\n"
             "  node [shape=box]\n"
             "  v0 [label=\"a\\\"b\\\\N\\n<&amp;lt;  \xc3\xa9\\n{} int64\", shape=ellipse]\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(a_tensor_without_history_is_one_value) {
  const Tensor x = leaf({2});
  for (const Tensor& y : {x, x.detach()}) {
    const Graph graph = graph_of(y);
    BOOST_TEST(graph.ops.empty());
    BOOST_REQUIRE_EQUAL(graph.values.size(), 1u);
    expect_values(graph.values[0].constant, {1, 1});
  }
}

BOOST_AUTO_TEST_CASE(a_view_shows_writes_to_what_it_views) {
  const Tensor x = leaf({2, 2});
  const Tensor y = x * 2, row = y[0];
  y.mul_(3);
  const Graph graph = graph_of(row);
  BOOST_REQUIRE_EQUAL(graph.ops.size(), 3u);
  BOOST_TEST(graph.ops[1].name == "mul");
  BOOST_TEST(graph.ops[2].name == "strided_view");
}

BOOST_AUTO_TEST_CASE(a_long_chain_is_walked_without_recursion) {
  const Tensor x = leaf({1});
  Tensor y = x;
  for (int i = 0; i < 100000; ++i) y = y + 1;
  BOOST_TEST(graph_of(y).ops.size() == 100000u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
