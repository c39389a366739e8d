// What onnx::save writes: nodes, names, sizes that are left open, constants, and what is refused. That the
// files compute what the model does is checked by ONNX Runtime, with the nets that export_models saves.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "autograd/ops/create.hpp"
#include "autograd/ops/linalg.hpp"
#include "nn/layers/activation.hpp"
#include "nn/layers/conv.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/flatten.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/normalization.hpp"
#include "nn/layers/pooling.hpp"
#include "nn/layers/recurrent.hpp"
#include "nn/layers/running_norm.hpp"
#include "nn/module/module_of.hpp"
#include "nn/module/sequential.hpp"
#include "tests/onnx/saved.hpp"

using namespace xtape;
using namespace xtape::testing;
using onnx::SaveOptions;

namespace {

using Texts = std::vector<std::string>;

nn::Sequential small_net() { return {nn::Linear(3, 4), nn::ReLU(), nn::Dropout(), nn::Linear(4, 2)}; }

struct TwoInputs : nn::ModuleOf<TwoInputs> {
  nn::Linear fc = register_module("fc", nn::Linear(3, 3));
  std::vector<Tensor> forward(const Tensor& a, const Tensor& b) { return {fc(a) + b, a * 2.0}; }
};

std::string refused(const SaveOptions& options) {
  return error_of([&] { saved_graph(small_net(), randn({2, 3}), options); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_save)

BOOST_AUTO_TEST_CASE(a_layer_is_a_node_and_parameters_keep_their_names) {
  const auto graph = saved_graph(small_net(), randn({2, 3}));
  BOOST_TEST(types_of(graph) == "Gemm Relu Gemm");
  BOOST_TEST(initializers_of(graph) == (Texts{"0.weight", "0.bias", "3.weight", "3.bias"}));
  BOOST_TEST(graph.node(0).name() == "/0/Gemm");
  BOOST_TEST(shape_of(graph.input(0)) == "{2, 3}");
  BOOST_TEST(graph.input(0).name() == "x");
  BOOST_TEST(graph.output(0).name() == "y");
}

BOOST_AUTO_TEST_CASE(a_file_says_who_made_it) {
  const TemporaryFolder folder;
  onnx::save(small_net(), randn({2, 3}), folder / "m.onnx", {.opset_version = 16, .doc_string = "a net"});
  const auto model = read_model(folder / "m.onnx");
  BOOST_TEST(model.producer_name() == "xtape");
  BOOST_TEST(!model.producer_version().empty());
  BOOST_TEST(model.doc_string() == "a net");
  BOOST_TEST(model.ir_version() == 8);
  BOOST_TEST(model.opset_import(0).version() == 16);
}

BOOST_AUTO_TEST_CASE(the_layers_of_an_image_net_are_one_node_each) {
  nn::Sequential net{nn::Conv2d(1, 4, 3, {.padding = 1}),
                     nn::BatchNorm2d(4),
                     nn::ReLU(),
                     nn::MaxPool2d(2),
                     nn::AdaptiveAvgPool2d(1),
                     nn::Flatten(),
                     nn::LayerNorm({4})};
  const auto graph = saved_graph(net, randn({2, 1, 8, 8}), {.dynamic_axes = {{"x", {0}}}});
  BOOST_TEST(types_of(graph) ==
             "Conv BatchNormalization Relu MaxPool GlobalAveragePool Flatten LayerNormalization");
  BOOST_TEST(shape_of(graph.input(0)) == "{x_0, 1, 8, 8}");
  BOOST_TEST(shape_of(graph.output(0)) == "{x_0, 4}");
  BOOST_TEST(net.is_training());  // as before
}

BOOST_AUTO_TEST_CASE(a_recurrent_layer_is_one_node) {
  nn::LSTM lstm(3, 4, {.bidirectional = true});
  const auto graph = saved_graph(lstm, randn({5, 2, 3}), {.output_names = {"y", "h", "c"}});
  int count = 0;
  for (const auto& node : graph.node()) count += node.op_type() == "LSTM";
  BOOST_TEST(count == 1);
  BOOST_TEST(initializers_of(graph).size() == 8u);
  BOOST_TEST(shape_of(graph.output(1)) == "{2, 2, 4}");
}

BOOST_AUTO_TEST_CASE(training_mode_keeps_dropout) {
  const auto graph = saved_graph(small_net(), randn({2, 3}), {.training = onnx::TrainingMode::training});
  BOOST_TEST(types_of(graph) == "Gemm Relu Dropout Gemm");
  nn::Sequential net = small_net();
  BOOST_TEST(types_of(saved_graph(net, randn({2, 3}), {.training = onnx::TrainingMode::preserve})) ==
             "Gemm Relu Dropout Gemm");
}

BOOST_AUTO_TEST_CASE(several_inputs_and_results_have_names_or_numbers) {
  TwoInputs net;
  const std::vector<Tensor> example{randn({2, 3}), randn({2, 3})};
  const auto numbered = saved_graph(net, example);
  BOOST_TEST(numbered.input(1).name() == "x1");
  BOOST_TEST(numbered.output(0).name() == "y0");
  const auto named = saved_graph(net, example,
                                 {.input_names = {"a", "b"},
                                  .output_names = {"sum", "twice"},
                                  .dynamic_axes = {{"a", {{0, "n"}}}, {"b", {{0, "n"}}}, {"sum", {0}}}});
  BOOST_TEST(shape_of(named.input(1)) == "{n, 3}");
  BOOST_TEST(shape_of(named.output(1)) == "{n, 3}");
  BOOST_TEST(named.output(1).name() == "twice");
}

BOOST_AUTO_TEST_CASE(a_function_is_saved_as_a_module_is) {
  const Tensor w = randn({3, 2});
  const std::function<Tensor(const Tensor&)> f = [&](const Tensor& x) { return tanh(matmul(x, w)); };
  const auto graph = saved_graph(f, randn({4, 3}));
  BOOST_TEST(types_of(graph) == "MatMul Tanh");
  BOOST_TEST(graph.initializer_size() == 0);
}

BOOST_AUTO_TEST_CASE(what_depends_on_no_input_and_no_parameter_is_a_constant) {
  const auto f = [](const Tensor& x) { return x + exp(arange(3).to(kFloat32) * 2.0); };
  BOOST_TEST(types_of(saved_graph(f, randn({2, 3}))) == "Add");
}

BOOST_AUTO_TEST_CASE(what_a_node_has_no_type_or_shape_for_goes_a_way_around) {
  const auto types = [](auto function, const Tensor& x) {
    return types_of(saved_graph([&](const Tensor& y) { return function(y); }, x));
  };
  BOOST_TEST(types([](const Tensor& x) { return -x; }, tensor({1, 2}).to(kUInt8)) == "Sub");
  BOOST_TEST(types([](const Tensor& x) { return sum(x); }, tensor({true, false})) == "Cast ReduceSum");
  BOOST_TEST(types([](const Tensor& x) { return one_hot(x, 3); }, tensor(2)) == "Unsqueeze OneHot Squeeze");
}

BOOST_AUTO_TEST_CASE(a_write_in_place_is_a_new_value) {
  const auto f = [](const Tensor& x) {
    const Tensor y = zeros({2, 3});
    y.add_(x);
    y[0].mul_(2);
    return y;
  };
  BOOST_TEST(types_of(saved_graph(f, randn({2, 3}))) ==
             "Add Gather Mul Reshape Reshape ScatterElements Reshape");
}

BOOST_AUTO_TEST_CASE(sizes_that_are_left_open_are_kept_or_computed) {
  const auto f = [](const Tensor& x) {
    return x.reshape({x.size(0) * x.size(1), x.size(2)}).view({x.size(0), -1});
  };
  const auto graph = saved_graph(f, randn({2, 3, 4}), {.dynamic_axes = {{"x", {0, 1}}}});
  BOOST_TEST(types_of(graph) == "Reshape Shape Concat Reshape");
  const auto ones_too = [](const Tensor& x) {
    return cat({x, ones({x.size(0), 1}) + arange(x.size(0)).unsqueeze(1)}, 1);
  };
  BOOST_TEST(shape_of(saved_graph(ones_too, randn({3, 2}), {.dynamic_axes = {{"x", {0}}}}).output(0)) ==
             "{x_0, 3}");
}

BOOST_AUTO_TEST_CASE(an_example_of_one_row_is_enough_for_any_number) {
  const auto graph = saved_graph(small_net(), randn({1, 3}), {.dynamic_axes = {{"x", {0}}}});
  BOOST_TEST(shape_of(graph.output(0)) == "{x_0, 2}");
}

BOOST_AUTO_TEST_CASE(an_input_that_is_given_back_is_an_identity) {
  const auto graph = saved_graph(
      [](const Tensor& x) {
        return std::vector{x, relu(x), relu(x)};
      },
      randn({2}));
  BOOST_TEST(types_of(graph) == "Relu Relu Identity");
  const auto twice = saved_graph(
      [](const Tensor& x) {
        const Tensor y = relu(x);
        return std::vector{y, y};
      },
      randn({2}));
  BOOST_TEST(types_of(twice) == "Relu Identity");
}

BOOST_AUTO_TEST_CASE(names_and_axes_that_do_not_fit_are_refused) {
  BOOST_TEST(refused({.input_names = {}}) == "onnx::save: input_names is empty; expected 1 name");
  BOOST_TEST(refused({.output_names = {}}) == "onnx::save: output_names is empty; expected 1 name");
  BOOST_TEST(refused({.input_names = {""}}) == "onnx::save: input_names holds an empty name");
  BOOST_TEST(refused({.input_names = {"a", "b"}}) ==
             "onnx::save: input_names holds 2 names; the model has 1 inputs");
  BOOST_TEST(refused({.output_names = {"x"}}) == "onnx::save: two inputs or outputs are called \"x\"");
  BOOST_TEST(refused({.input_names = {"0.bias"}}) ==
             "onnx::save: an input or output is called \"0.bias\" as a parameter is");
  BOOST_TEST(refused({.dynamic_axes = {{"x", {2}}}}) ==
             "onnx::save: dynamic axis 2 of \"x\" is out of range for its shape {2, 3}");
  BOOST_TEST(refused({.dynamic_axes = {{"x", {0, -2}}}}) ==
             "onnx::save: dynamic_axes names axis 0 of \"x\" twice");
  BOOST_TEST(refused({.dynamic_axes = {{"z", {0}}}}) ==
             "onnx::save: dynamic_axes names \"z\", which is neither an input nor an output");
  BOOST_TEST(refused({.opset_version = 9}) == "onnx::save: opset_version is 9; expected 15 to 17");
  expect_error(
      [] {
        saved_graph(small_net(), std::vector<Tensor>{randn({2, 3}), randn({2, 3})});
      },
      "the model does not take 2 tensors");
  expect_error([] { saved_graph(small_net(), Tensor()); }, "an example is an undefined tensor");
}

BOOST_AUTO_TEST_CASE(an_op_without_a_form_is_refused_by_its_name_and_module) {
  nn::Sequential net{nn::Linear(3, 3), [](const Tensor& x) { return linalg::inv(x); }};
  expect_error([&] { saved_graph(net, eye(3)); }, "onnx::save: linalg_inv");
  expect_error([&] { saved_graph(net, eye(3)); }, "ONNX has no node for it");
}

BOOST_AUTO_TEST_CASE(what_a_graph_cannot_express_is_refused) {
  const SaveOptions open{.dynamic_axes = {{"x", {0}}}};
  const auto numbers = [](const Tensor& x) { return x * static_cast<double>(x.size(0)); };
  expect_error(
      [&] {
        saved_graph(numbers, randn({2, 3}), open);
      },
      "onnx::save: mul_scalar: its other is 2, and 4 at another size of the dynamic axes");
  const auto loop = [](Tensor x) {
    for (std::int64_t i = 0; i < x.size(0); ++i) x = relu(x);
    return x;
  };
  expect_error(
      [&] {
        saved_graph(loop, randn({2, 3}), open);
      },
      "the model computes other ops at other inputs");
  const auto noise = [](const Tensor& x) { return x + randn_like(x); };
  expect_error(
      [&] {
        saved_graph(noise, randn({2, 3}));
      },
      "onnx::save: add takes a constant of shape {2, 3} that is another one in a second call");
  const auto by_value = [](const Tensor& x) { return x * full({}, x[0].item(), {.dtype = kFloat32}); };
  expect_error([&] { saved_graph(by_value, arange(3).to(kFloat32)); }, "mul takes a constant of shape {}");
  nn::Sequential fixed{nn::Linear(3, 3)};
  expect_error(
      [&] {
        saved_graph(fixed, randn({2, 3}), {.dynamic_axes = {{"x", {1}}}});
      },
      "the model cannot be called a second time at another size of the dynamic axes: linear");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_leaves_the_old_one) {
  const TemporaryFolder folder;
  onnx::save(small_net(), randn({2, 3}), folder / "m.onnx");
  expect_error([&] { onnx::save([](const Tensor& x) { return erfinv(x); }, randn({2}), folder / "m.onnx"); },
               "erfinv");
  BOOST_TEST(types_of(read_model(folder / "m.onnx").graph()) == "Gemm Relu Gemm");
}

BOOST_AUTO_TEST_SUITE_END()
