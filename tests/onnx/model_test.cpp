// onnx::Model as a module: names, state, modes, training, graphs inside the graph.
#include "onnx/model.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "nn/gradcheck.hpp"
#include "nn/layers/running_norm.hpp"
#include "nn/losses/regression.hpp"
#include "nn/module/clone.hpp"
#include "nn/optim/sgd.hpp"
#include "tests/onnx/build_model.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// y = relu(x W1^T + b1) W2^T + b2
GraphBuilder two_layers() {
  manual_seed(1);
  return GraphBuilder()
      .input("x", {-1, 3})
      .output("y")
      .initializer("fc1.weight", randn({4, 3}))
      .initializer("fc1.bias", randn({4}))
      .initializer("fc2.weight", randn({2, 4}))
      .initializer("fc2.bias", randn({2}))
      .node("Gemm", {"x", "fc1.weight", "fc1.bias"}, {"h"}, {{"transB", 1}})
      .node("Relu", {"h"}, {"r"})
      .node("Gemm", {"r", "fc2.weight", "fc2.bias"}, {"y"}, {{"transB", 1}});
}

Tensor two_layers_by_hand(const StateDict& state, const Tensor& x) {
  return linear(relu(linear(x, state["fc1.weight"], state["fc1.bias"])), state["fc2.weight"],
                state["fc2.bias"]);
}

GraphBuilder add_and_multiply() {
  return GraphBuilder()
      .input("a", {2})
      .input("b", {2})
      .output("sum")
      .output("product")
      .node("Add", {"a", "b"}, {"sum"})
      .node("Mul", {"a", "b"}, {"product"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_model)

BOOST_AUTO_TEST_CASE(a_model_of_one_input_and_one_output_is_called_with_a_tensor) {
  onnx::Model net = loaded(two_layers());
  const Tensor x = randn({5, 3});
  BOOST_TEST(net(x).equal(two_layers_by_hand(net.state_dict(), x)));
  BOOST_TEST(net.run({{"x", x}})["y"].equal(net(x)));
  BOOST_TEST(net.input_names() == Names{"x"});
  BOOST_TEST(net.output_names() == Names{"y"});
  BOOST_TEST(net.opset_version() == 17);
  BOOST_TEST(net.extra_repr() == "\"x\" -> \"y\", 3 nodes");
}

BOOST_AUTO_TEST_CASE(a_model_of_several_is_run_by_names) {
  onnx::Model net = loaded(add_and_multiply());
  const StateDict results = net.run({{"b", tensor({3.0, 4.0})}, {"a", tensor({1.0, 2.0})}});
  BOOST_TEST(results.keys() == (Names{"sum", "product"}));
  expect_values(results["sum"], {4, 6});
  expect_values(results["product"], {3, 8});
  expect_error([&] { net(tensor({1.0, 2.0})); }, "takes \"a\", \"b\" and gives \"sum\", \"product\"");
}

BOOST_AUTO_TEST_CASE(other_tensors_may_be_the_outputs_and_what_they_do_not_need_is_left_out) {
  const std::string bytes = model_of(two_layers()).SerializeAsString();
  const io::Source source(std::as_bytes(std::span(bytes)), "model.onnx");
  BOOST_TEST(onnx::value_names(source) == (Names{"h", "r", "y"}));
  onnx::Model net = onnx::load(source), features = onnx::load(source, {.output_names = {"r"}});
  BOOST_TEST(features.output_names() == Names{"r"});
  BOOST_TEST(features.state_dict().keys() == (Names{"fc1.weight", "fc1.bias"}));
  const Tensor x = randn({5, 3});
  const StateDict state = net.state_dict();
  BOOST_TEST(features(x).equal(relu(linear(x, state["fc1.weight"], state["fc1.bias"]))));
  BOOST_TEST(onnx::load(source, {.output_names = {"y", "h"}}).run({{"x", x}}).keys() == (Names{"y", "h"}));
  expect_error([&] { onnx::load(source, {.output_names = {"x"}}); },
               "model.onnx: no node gives a tensor \"x\"");
}

BOOST_AUTO_TEST_CASE(what_an_inner_graph_reads_is_not_left_out) {
  const GraphBuilder branch = GraphBuilder().output("b").node("Add", {"x", "w"}, {"b"});
  const std::string bytes =
      model_of(
          GraphBuilder()
              .input("x", {2})
              .output("y")
              .initializer("w", ones({2}))
              .initializer("v", ones({2}))
              .initializer("c", tensor(true))
              .node("If", {"c"}, {"h"}, {{"then_branch", branch.proto()}, {"else_branch", branch.proto()}})
              .node("Mul", {"h", "v"}, {"y"}))
          .SerializeAsString();
  onnx::Model part =
      onnx::load(io::Source(std::as_bytes(std::span(bytes)), "model.onnx"), {.output_names = {"h"}});
  BOOST_TEST(part.state_dict().keys() == (Names{"w", "c"}));
  expect_values(part(ones({2})), {2, 2});
}

BOOST_AUTO_TEST_CASE(inputs_that_do_not_fit_are_named) {
  onnx::Model net = loaded(add_and_multiply());
  const Tensor a = ones({2});
  expect_error([&] { net.run({{"a", a}}); }, "there is no input \"b\"; there are \"a\"");
  expect_error([&] { net.run({{"a", a}, {"b", a}, {"c", a}}); }, "takes no \"c\", but \"a\", \"b\"");
  expect_error(
      [&] {
        net.run({{"a", a}, {"b", ones({3})}});
      },
      "the input \"b\" is of shape {3}; expected {2}");
  expect_error(
      [&] {
        net.run({{"a", a}, {"b", a.to(kInt64)}});
      },
      "\"b\" is of dtype int64; expected float32");
  expect_error([&] { net.run({{"a", a}, {"b", Tensor()}}); }, "\"b\" is undefined");
  onnx::Model layers = loaded(two_layers());
  expect_error([&] { layers(ones({5, 4})); }, "the input \"x\" is of shape {5, 4}; expected {?, 3}");
}

BOOST_AUTO_TEST_CASE(an_error_of_an_operator_names_its_node) {
  onnx::Model net =
      loaded(GraphBuilder().input("x").output("y").node("Transpose", {"x"}, {"y"}, {{"perm", Sizes{0, 7}}}));
  expect_error([&] { net(ones({2, 2})); }, "node 0 (Transpose): ");
}

BOOST_AUTO_TEST_CASE(floats_are_parameters_and_integers_buffers) {
  const onnx::Model net = loaded(GraphBuilder()
                                     .input("x", {2, 3})
                                     .output("y")
                                     .initializer("scale", ones({6}))
                                     .initializer("shape", tensor({6}))
                                     .node("Reshape", {"x", "shape"}, {"flat"})
                                     .node("Mul", {"flat", "scale"}, {"y"}));
  BOOST_TEST(net.named_parameters().keys() == Names{"scale"});
  BOOST_TEST(net.named_buffers().keys() == Names{"shape"});
  BOOST_TEST(net.parameters()[0].requires_grad());
}

BOOST_AUTO_TEST_CASE(floats_that_an_operator_does_not_learn_are_buffers) {
  const onnx::Model net = loaded(GraphBuilder()
                                     .input("x", {-1, 2, 4})
                                     .output("y")
                                     .initializer("w", ones({2}))
                                     .initializer("b", ones({2}))
                                     .initializer("mean", zeros({2}))
                                     .initializer("var", ones({2}))
                                     .node("BatchNormalization", {"x", "w", "b", "mean", "var"}, {"y"}));
  BOOST_TEST(net.named_parameters().keys() == (Names{"w", "b"}));
  BOOST_TEST(net.named_buffers().keys() == (Names{"mean", "var"}));
}

BOOST_AUTO_TEST_CASE(names_keep_their_characters_and_dots_where_they_can) {
  GraphBuilder graph;
  graph.input("x", {1}).output("y");
  Names sums{"x"};
  const Names given{"onnx::MatMul_12", "layer/w:0", "a", "a.b", "c.d.e", "c.d", "f.", "f_", "a_b"};
  for (const std::string& name : given) {
    graph.initializer(name, ones({1})).node("Add", {sums.back(), name}, {"sum of " + name});
    sums.push_back("sum of " + name);
  }
  graph.node("Identity", {sums.back()}, {"y"});
  onnx::Model net = loaded(graph);
  Names expected{"onnx::MatMul_12", "layer/w:0", "a", "a_b", "c.d.e", "c_d", "f_", "f__", "a_b_"};
  Names found = net.state_dict().keys();
  std::ranges::sort(expected);
  std::ranges::sort(found);
  BOOST_TEST(found == expected);
  expect_values(net(zeros({1})), {9});
}

BOOST_AUTO_TEST_CASE(a_model_trains) {
  onnx::Model net = loaded(two_layers());
  const Tensor x = randn({16, 3}), target = randn({16, 2});
  optim::SGD optimizer(net.parameters(), {.lr = 0.05});
  const double before = nn::mse_loss(net(x), target).item();
  for (int step = 0; step < 20; ++step) {
    optimizer.zero_grad();
    nn::mse_loss(net(x), target).backward();
    for (const auto& [name, value] : net.named_parameters()) BOOST_TEST(value.grad().defined(), name);
    optimizer.step();
  }
  BOOST_TEST(nn::mse_loss(net(x), target).item() < 0.9 * before);
}

BOOST_AUTO_TEST_CASE(a_model_computes_in_float64_when_it_is_converted) {
  GraphBuilder graph = two_layers();
  onnx::Model net = loaded(GraphBuilder()
                               .input("x", {-1, 3})
                               .output("z")
                               .initializer("w", randn({3, 2}))
                               .node("Constant", {}, {"c"}, {{"value", full({3, 3}, 0.5)}})
                               .node("MatMul", {"x", "c"}, {"h"})
                               .node("Cast", {"h"}, {"f"}, {{"to", 1}})
                               .node("MatMul", {"f", "w"}, {"y"})
                               .node("Tanh", {"y"}, {"z"}));
  net.to(kFloat64);
  const Tensor x = randn({4, 3}, {.dtype = kFloat64});
  BOOST_TEST(net(x).dtype() == kFloat64);
  const GradcheckResult result = gradcheck(net, x, randn({4, 2}, {.dtype = kFloat64}), nn::mse_loss);
  BOOST_TEST(result.ok, result.message);
  expect_error([&] { net(x.to(kFloat32)); }, "the input \"x\" is of dtype float32; expected float64");
}

BOOST_AUTO_TEST_CASE(the_state_is_saved_and_loaded) {
  onnx::Model net = loaded(two_layers());
  onnx::Model other = loaded(two_layers());
  {
    const NoGradGuard no_grad;
    for (const Tensor& value : other.parameters()) value.zero_();
  }
  const Tensor x = randn({2, 3});
  BOOST_TEST(!other(x).equal(net(x)));
  other.load_state_dict(net.state_dict());
  BOOST_TEST(other(x).equal(net(x)));
}

BOOST_AUTO_TEST_CASE(a_clone_has_tensors_of_its_own) {
  onnx::Model net = loaded(two_layers());
  onnx::Model twin = nn::clone(net);
  const Tensor x = randn({2, 3});
  const Tensor y = net(x).detach();
  BOOST_TEST(twin(x).equal(y));
  const NoGradGuard no_grad;
  for (const Tensor& value : twin.parameters()) value.zero_();
  BOOST_TEST(net(x).equal(y));
  BOOST_TEST(!twin(x).equal(y));
}

BOOST_AUTO_TEST_CASE(dropout_drops_in_training_alone) {
  onnx::Model net = loaded(GraphBuilder().input("x").output("y").node("Dropout", {"x"}, {"y"}));
  BOOST_TEST(!net.is_training());
  const Tensor x = ones({1000});
  BOOST_TEST(net(x).equal(x));
  net.train();
  const Tensor y = net(x);
  BOOST_TEST(all(logical_or(y == 0, y == 2)).item<bool>());
  BOOST_TEST(std::abs(mean(y).item() - 1) < 0.2);
  net.eval();
  BOOST_TEST(net(x).equal(x));
}

BOOST_AUTO_TEST_CASE(batch_normalization_trains_as_the_layer_does) {
  onnx::Model net =
      loaded(GraphBuilder()
                 .input("x", {-1, 2, -1, -1})
                 .output("y")
                 .initializer("weight", tensor({1.0, 2.0}))
                 .initializer("bias", tensor({0.5, -1.0}))
                 .initializer("running_mean", zeros({2}))
                 .initializer("running_var", ones({2}))
                 .node("BatchNormalization", {"x", "weight", "bias", "running_mean", "running_var"}, {"y"},
                       {{"momentum", 0.9}}));
  nn::BatchNorm2d layer(2);
  layer.load_state_dict(net.state_dict(), false);
  const Tensor x = randn({3, 2, 4, 4});
  layer.train();
  net.train();
  for (int i = 0; i < 3; ++i) expect_values(net(x), layer(x).to_vector<double>());
  expect_values(net.state_dict()["running_mean"], layer.state_dict()["running_mean"].to_vector<double>());
  expect_values(net.state_dict()["running_var"], layer.state_dict()["running_var"].to_vector<double>());
  layer.eval();
  net.eval();
  expect_values(net(x), layer(x).to_vector<double>());
}

BOOST_AUTO_TEST_CASE(a_branch_reads_values_of_the_graph_around_it_and_gradients_pass) {
  const GraphBuilder doubled = GraphBuilder().output("d").node("Add", {"h", "h"}, {"d"});
  const GraphBuilder scaled = GraphBuilder().output("s").node("Mul", {"h", "w"}, {"s"});
  onnx::Model net = loaded(
      GraphBuilder()
          .input("x", {2})
          .input("flag", {}, kBool)
          .output("y")
          .initializer("w", tensor({3.0, 5.0}))
          .node("Neg", {"x"}, {"h"})
          .node("If", {"flag"}, {"y"}, {{"then_branch", doubled.proto()}, {"else_branch", scaled.proto()}}));
  const Tensor x = tensor({1.0, 2.0});
  expect_values(net.run({{"x", x}, {"flag", tensor(true)}})["y"], {-2, -4});
  const Tensor y = net.run({{"x", x}, {"flag", tensor(false)}})["y"];
  expect_values(y, {-3, -10});
  sum(y).backward();
  expect_values(net.parameters()[0].grad(), {-1, -2});
}

BOOST_AUTO_TEST_CASE(a_loop_carries_values_around_and_keeps_those_of_each_step) {
  const GraphBuilder body = GraphBuilder()
                                .input("i")
                                .input("goes_on")
                                .input("h")
                                .output("goes_on_then")
                                .output("next")
                                .output("next")
                                .node("Identity", {"goes_on"}, {"goes_on_then"})
                                .node("Mul", {"h", "w"}, {"next"});
  onnx::Model net = loaded(GraphBuilder()
                               .input("x", {1})
                               .output("last")
                               .output("all")
                               .initializer("w", tensor({3.0}))
                               .node("Constant", {}, {"n"}, {{"value_int", 3}})
                               .node("Loop", {"n", "", "x"}, {"last", "all"}, {{"body", body.proto()}}));
  const StateDict results = net.run({{"x", tensor({2.0})}});
  expect_values(results["last"], {54});
  expect_values(results["all"], {6, 18, 54});
  results["last"].backward(ones({1}));
  expect_values(net.parameters()[0].grad(), {54});  // 2 * 3 w^2
}

BOOST_AUTO_TEST_CASE(functions_of_the_model_are_called_with_their_attributes) {
  onnx::proto::ModelProto model =
      model_of(GraphBuilder().input("x", {2}).output("y").node("Scaled", {"x"}, {"y"}, {{"slope", 0.5}}));
  model.mutable_graph()->mutable_node(0)->set_domain("mine");
  auto* imported = model.add_opset_import();
  imported->set_domain("mine");
  imported->set_version(1);
  auto* function = model.add_functions();
  function->set_name("Scaled");
  function->set_domain("mine");
  function->add_input("a");
  function->add_output("c");
  function->add_attribute("slope");
  *function->add_node() = node_of("LeakyRelu", {"a"}, {"b"});
  auto* attribute = function->mutable_node(0)->add_attribute();
  attribute->set_name("alpha");
  attribute->set_ref_attr_name("slope");
  *function->add_node() = node_of("Neg", {"b"}, {"c"});
  onnx::Model net = loaded(model);
  expect_values(net(tensor({4.0, -4.0})), {-4, 2});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
