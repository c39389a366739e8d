// What a Tracer writes down. Expected graphs are worked out by hand: `v1 = relu(v0)` is an op, v0 a value.
#include "autograd/graph/trace.hpp"

#include <set>
#include <thread>

#include "autograd/check/op_catalog.hpp"
#include "autograd/graph/record.hpp"
#include "tests/support/check_op.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

std::string text_of(const Graph& graph, const std::vector<int>& values) {
  std::string text;
  for (const int value : values) {
    const std::string name =
        value == Graph::kNone ? "none" : graph.values[static_cast<std::size_t>(value)].name;
    text += (text.empty() ? "" : ", ") + (name.empty() ? fmt::format("v{}", value) : name);
  }
  return text;
}

/// One line for each op: "v1, v2 = split(x; split_size=2, dim=0)".
std::string text_of(const Graph& graph) {
  std::string text;
  for (const Graph::Op& op : graph.ops) {
    std::string attributes;
    for (const auto& [name, value] : op.attributes) {
      attributes += fmt::format("{}{}={}", attributes.empty() ? "; " : ", ", name, op::to_string(value));
    }
    text += fmt::format("{} = {}({}{})\n", text_of(graph, op.outputs), op.name, text_of(graph, op.inputs),
                        attributes);
  }
  return text;
}

/// The text of what f(x) computes, with x called "x".
template <class F>
std::string traced(const Tensor& x, const F& f) {
  Tracer tracer;
  tracer.name(x, "x");
  f(x);
  return text_of(tracer.graph());
}

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

BOOST_AUTO_TEST_CASE(a_write_in_place_gives_its_tensor_a_new_value) {
  const auto f = [](const Tensor& x) {
    const Tensor y = x * 2;
    const Tensor before = y + 1;
    y.add_(x, 3);
    y.clamp_(0, {}).mul_(2);
    return before + y;
  };
  const std::string expected =
      "v1 = mul_scalar(x; other=2)\n"
      "v2 = add_scalar(v1; other=1)\n"
      "v3 = mul_scalar(x; other=3)\n"
      "v4 = add_(v1, v3)\n"
      "v5 = clamp_(v4; min=0, max=none)\n"
      "v7 = mul_(v5, v6)\n"
      "v8 = add(v2, v7)\n";
  BOOST_TEST(traced(ones({2}), f) == expected);
  BOOST_TEST(traced(ones({2}, {.requires_grad = true}), f) == expected);
}

BOOST_AUTO_TEST_CASE(writes_know_what_was_written) {
  const auto f = [](const Tensor& x) {
    const Tensor y = zeros({2, 1});
    y.copy_(x);
    y.fill_(3);
    y.normal_(1, 2).uniform_(-1, 1);
    y.sub_(x).div_(2);
    return y;
  };
  BOOST_TEST(traced(ones({2, 1}), f) ==
             "v2 = copy_(v1, x)\n"
             "v4 = fill_(v2, v3)\n"
             "v5 = normal_(v4; mean=1, std=2)\n"
             "v6 = uniform_(v5; from=-1, to=1)\n"
             "v7 = sub_(v6, x)\n"
             "v9 = div_(v7, v8)\n");
}

BOOST_AUTO_TEST_CASE(a_write_through_a_view_is_seen_by_what_it_views) {
  const auto f = [](const Tensor& x) {
    const Tensor y = x * 2, other = y.transpose(0, 1);
    y[0].mul_(x[1]);
    other + y;
  };
  const std::string expected =
      "v1 = mul_scalar(x; other=2)\n"
      "v2 = transpose(v1; dim0=0, dim1=1)\n"
      "v3 = select(v1; dim=0, index=0)\n"
      "v4 = select(x; dim=0, index=1)\n"
      "v5 = mul_(v3, v4)\n"
      "v6 = strided_write(v1, v5; root_stride={2, 1}, size={2}, stride={1}, storage_offset=0)\n"
      "v7 = strided_view(v6; root_stride={2, 1}, size={2, 2}, stride={1, 2}, storage_offset=0)\n"
      "v8 = add(v7, v6)\n";
  BOOST_TEST(traced(ones({2, 2}), f) == expected);
  BOOST_TEST(traced(ones({2, 2}, {.requires_grad = true}), f) == expected);
}

BOOST_AUTO_TEST_CASE(a_write_is_seen_by_views_that_were_taken_before) {
  const Tensor base = ones({2, 2}), view = base[1];
  const auto f = [&](const Tensor& x) {
    view + x;
    base.mul_(x);
    view + x;
    view.add_(x);
    base + x;
  };
  BOOST_TEST(traced(ones({2}), f) ==
             "v2 = add(v1, x)\n"
             "v4 = mul_(v3, x)\n"
             "v5 = strided_view(v4; root_stride={2, 1}, size={2}, stride={1}, storage_offset=2)\n"
             "v6 = add(v5, x)\n"
             "v7 = add_(v5, x)\n"
             "v8 = strided_write(v4, v7; root_stride={2, 1}, size={2}, stride={1}, storage_offset=2)\n"
             "v9 = add(v8, x)\n");
}

BOOST_AUTO_TEST_CASE(another_shape_in_place_is_an_op_and_leaves_views_what_they_were) {
  const auto f = [](const Tensor& x) {
    const Tensor y = x * 1, row = y[0];
    y.unsqueeze_(0).unsqueeze_(-1).squeeze_(0).squeeze_().transpose_(0, -1).t_();
    y + row;
  };
  BOOST_TEST(traced(ones({2, 3}), f) ==
             "v1 = mul_scalar(x; other=1)\n"
             "v2 = select(v1; dim=0, index=0)\n"
             "v3 = unsqueeze_(v1; dim=0)\n"
             "v4 = unsqueeze_(v3; dim=-1)\n"
             "v5 = squeeze_(v4; dim=0)\n"
             "v6 = squeeze_(v5)\n"
             "v7 = transpose_(v6; dim0=0, dim1=-1)\n"
             "v8 = t_(v7)\n"
             "v9 = add(v8, v2)\n");
}

BOOST_AUTO_TEST_CASE(values_that_were_changed_by_no_op_are_new_constants) {
  Tracer tracer;
  const Tensor w = ones({2});
  w * 2;
  {
    const NoGradGuard no_grad;
    w.data<float>()[0] = 5;
    w.impl().storage->note_write("optimizer");
  }
  w * 3;
  BOOST_TEST(text_of(tracer.graph()) == "v1 = mul_scalar(v0; other=2)\nv3 = mul_scalar(v2; other=3)\n");
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
