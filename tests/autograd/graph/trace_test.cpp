// What a Tracer writes down of ops, scopes and threads. Expected graphs are worked out by hand.
#include "autograd/graph/trace.hpp"

#include <set>
#include <thread>

#include "autograd/check/op_catalog.hpp"
#include "autograd/graph/record.hpp"
#include "tests/autograd/graph/traced.hpp"
#include "tests/support/check_op.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// y = x^3, computed by other ops
struct TracedCube {
  static constexpr std::string_view name = "test.traced_cube";
  static constexpr op::Reads reads = op::Reads::inputs;

  Tensor forward(const Tensor& x) const { return x * x * x; }
  void vjp(const op::Inputs& x, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    wrt(0, [&] { return 3 * square(x[0]) * g; });
  }
  static double reference(double x) { return x * x * x; }
  static op::Cases<TracedCube> cases() { return {{.inputs = {{2, 3}}}}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_trace)

BOOST_AUTO_TEST_CASE(ops_are_written_down_with_attributes_inputs_and_outputs) {
  Tracer tracer;
  const Tensor x = ones({2, 3}, {.requires_grad = true});
  tracer.name(x, "x");
  const Tensor y = sum(relu(x) * 2 - x, 1);
  tracer.name(y, "y");
  BOOST_TEST(text_of(tracer.graph()) ==
             "v1 = relu(x)\n"
             "v2 = mul_scalar(v1; other=2)\n"
             "v3 = sub(v2, x)\n"
             "y = sum(v3; dim={1}, keepdim=false)\n");
  const Graph::Value& value = tracer.graph().values[4];
  BOOST_TEST(value.shape == (Shape{2}));
  BOOST_TEST((value.dtype == kFloat32));
  BOOST_TEST(!value.constant.defined());
}

BOOST_AUTO_TEST_CASE(ops_that_are_not_recorded_for_gradients_are_written_down_too) {
  const NoGradGuard no_grad;
  const auto f = [](const Tensor& x) { return exp(x).to(kFloat64) == 1; };
  BOOST_TEST(traced(zeros({2}), f) ==
             "v1 = exp(x)\n"
             "v2 = cast(v1; dtype=float64)\n"
             "v4 = eq(v2, v3)\n");
}

BOOST_AUTO_TEST_CASE(what_no_op_gave_is_a_constant) {
  Tracer tracer;
  const Tensor w = tensor({1.0, 2.0});
  const Tensor y = ones({2}) * w;
  const Graph& graph = tracer.graph();
  BOOST_REQUIRE_EQUAL(graph.values.size(), 3u);
  expect_values(graph.values[0].constant, {1, 1});
  expect_values(graph.values[1].constant, {1, 2});
  BOOST_TEST(tracer.value_of(w) == 1);
  BOOST_TEST(tracer.value_of(y) == 2);
  BOOST_TEST(tracer.value_of(Tensor()) == Graph::kNone);
}

BOOST_AUTO_TEST_CASE(ops_inside_an_op_are_not_written_down) {
  const auto cube = [](const Tensor& x) { return record(TracedCube{}, x); };
  BOOST_TEST(traced(ones({2}), cube) == "v1 = test.traced_cube(x)\n");
}

BOOST_AUTO_TEST_CASE(arguments_are_written_as_the_caller_gave_them) {
  const auto f = [](const Tensor& x) {
    flatten(x.reshape({-1, 3}).view({2, -1, 3}), 1);
    x.unsqueeze(-1).expand({-1, 2, -1, 5}).transpose(-1, -2);
    x.slice(-1, -2, 1000);
    x.select(0, -1).narrow(1, -1, 1);
  };
  BOOST_TEST(traced(ones({4, 1, 3}), f) ==
             "v1 = reshape(x; shape={-1, 3})\n"
             "v2 = view(v1; shape={2, -1, 3})\n"
             "v3 = flatten(v2; start_dim=1, end_dim=-1)\n"
             "v4 = unsqueeze(x; dim=-1)\n"
             "v5 = expand(v4; size={-1, 2, -1, 5})\n"
             "v6 = transpose(v5; dim0=-1, dim1=-2)\n"
             "v7 = slice(x; dim=-1, start=-2, end=1000, step=1)\n"
             "v8 = select(x; dim=0, index=-1)\n"
             "v9 = narrow(v8; dim=1, start=-1, length=1)\n");
}

BOOST_AUTO_TEST_CASE(a_function_that_is_composed_of_ops_is_one_op) {
  const Tensor weight = ones({4, 3}), bias = ones({4});
  const auto f = [&](const Tensor& x) {
    linear(x, weight, bias);
    linear(x, weight);
    matmul(x, transpose(x, 1, 2));
    stack({x, x}, 1);
    const std::vector<Tensor> halves = split(x, 1, 1), rows = unbind(x), parts = chunk(x, 2);
    halves[1] + rows[1];
  };
  BOOST_TEST(traced(ones({2, 2, 3}), f) ==
             "v3 = linear(x, v1, v2)\n"
             "v4 = linear(x, v1)\n"
             "v5 = transpose(x; dim0=1, dim1=2)\n"
             "v6 = matmul(x, v5)\n"
             "v7 = stack(x, x; dim=1)\n"
             "v8, v9 = split(x; split_size=1, dim=1)\n"
             "v10, v11 = unbind(x; dim=0)\n"
             "v12, v13 = chunk(x; chunks=2, dim=0)\n"
             "v14 = add(v9, v11)\n");
}

BOOST_AUTO_TEST_CASE(a_function_that_gives_back_what_it_was_given_is_no_op) {
  manual_seed(1);
  const auto f = [](const Tensor& x) {
    return relu(dropout(flatten(x.contiguous().to(kFloat32), 0, 0), 0.5, false));
  };
  BOOST_TEST(traced(ones({2, 2}), f) == "v1 = relu(x)\n");
  const auto training = [](const Tensor& x) { return dropout(x, 0.25); };
  BOOST_TEST(traced(ones({2, 2}), training) == "v1 = dropout(x; p=0.25, training=true)\n");
}

BOOST_AUTO_TEST_CASE(a_detached_tensor_holds_the_same_value) {
  const auto f = [](const Tensor& x) { return (x * 2).detach() + x.detach(); };
  BOOST_TEST(traced(ones({2}, {.requires_grad = true}), f) ==
             "v1 = mul_scalar(x; other=2)\nv2 = add(v1, x)\n");
}

BOOST_AUTO_TEST_CASE(tensors_that_follow_each_other_in_one_place_are_different_values) {
  Tracer tracer;
  const Tensor x = ones({16});
  for (int i = 0; i < 100; ++i) relu(relu(x * i) + 1);
  std::set<int> outputs;
  for (const Graph::Op& op : tracer.graph().ops) outputs.insert(op.outputs[0]);
  BOOST_TEST(outputs.size() == 400u);
}

BOOST_AUTO_TEST_CASE(a_replay_is_written_down_only_where_it_is_recorded) {
  const Tensor x = ones({2}, {.requires_grad = true});
  const auto forward = [](const Tensor& x) { return sum(exp(x)); };
  const auto backward = [&](bool create_graph) {
    const std::string text =
        traced(x, [&](const Tensor& x) { forward(x).backward({.create_graph = create_graph}); });
    x.zero_grad();  // a gradient with a history leads back to its leaf, which would keep itself alive
    return text;
  };
  BOOST_TEST(backward(false) == traced(x, forward));
  BOOST_TEST(backward(true).starts_with(traced(x, forward)));
  BOOST_TEST(backward(true).find(" = mul(") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(scopes_are_nested) {
  Tracer tracer;
  const Tensor x = ones({2});
  {
    const TraceScope layer("layer1");
    relu(x);
    {
      const TraceScope lstm("lstm");
      relu(x);
    }
    relu(x);
  }
  relu(x);
  const Graph& graph = tracer.graph();
  BOOST_REQUIRE_EQUAL(graph.scopes.size(), 2u);
  BOOST_TEST(graph.scopes[0].name == "layer1");
  BOOST_TEST(graph.scopes[0].parent == Graph::kNone);
  BOOST_TEST(graph.scopes[1].name == "lstm");
  BOOST_TEST(graph.scopes[1].parent == 0);
  std::vector<int> scopes;
  for (const Graph::Op& op : graph.ops) scopes.push_back(op.scope);
  BOOST_TEST(scopes == (std::vector<int>{0, 1, 0, Graph::kNone}));
}

BOOST_AUTO_TEST_CASE(a_scope_may_outlive_the_tracer) {
  auto tracer = std::make_unique<Tracer>();
  const TraceScope scope("long");
  tracer.reset();
  relu(ones({2}));
}

BOOST_AUTO_TEST_CASE(a_thread_has_one_tracer_and_other_threads_are_not_traced) {
  Tracer tracer;
  BOOST_TEST(error_of([] { Tracer second; }) == "Tracer: this thread has a Tracer already");
  std::thread([] {
    Tracer own;
    relu(ones({2}));
    BOOST_TEST(own.graph().ops.size() == 1u);
  }).join();
  BOOST_TEST(tracer.graph().ops.empty());
  relu(ones({2}));
  BOOST_TEST(tracer.graph().ops.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_op_that_throws_is_not_written_down_and_the_next_one_is) {
  const auto f = [](const Tensor& x) {
    error_of([&] { matmul(x, x); });
    error_of([&] { x.add_(ones({7})); });
    relu(x);
  };
  BOOST_TEST(traced(ones({2, 3}), f).ends_with(" = relu(x)\n"));
  BOOST_TEST(traced(ones({2, 3}), f).find("matmul") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_is_written_down_after_the_tracer) {
  { Tracer tracer; }
  BOOST_TEST(!detail::is_traced());
  BOOST_TEST(traced(ones({2}), [](const Tensor&) {}) == "");
}

BOOST_AUTO_TEST_CASE(a_trace_changes_no_number) {
  const auto gradient = [] {
    const Tensor x = tensor({{1, 2}, {3, 4}}, {.dtype = kFloat64, .requires_grad = true});
    Tensor y = softmax(x * 2 + 1, 1) * x;
    y[0].mul_(x[1]);
    y += 1;
    sum(square(y)).backward();
    return x.grad();
  };
  const std::vector<double> expected = gradient().to_vector<double>();
  Tracer tracer;
  expect_values(gradient(), expected, 0);
}

BOOST_AUTO_TEST_CASE(every_op_of_the_catalogue_is_written_down) {
  for (const op::CatalogEntry& op : op_catalog()) {
    for (const auto& c : op.cases()) {
      if (!c.data.error.empty()) continue;
      const std::vector<Tensor> inputs = test::inputs_of(op, c.data);
      Tracer tracer;
      const std::vector<Tensor> outputs = c.call(inputs);
      BOOST_REQUIRE_MESSAGE(tracer.graph().ops.size() == 1,
                            op.name << " gives " << tracer.graph().ops.size() << " ops");
      const Graph::Op& written = tracer.graph().ops[0];
      BOOST_TEST(written.name == op.name);
      BOOST_TEST(written.inputs.size() == inputs.size(), op.name);
      BOOST_TEST(written.outputs.size() == outputs.size(), op.name);
      BOOST_TEST(written.attributes.size() == c.attributes.size(), op.name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
