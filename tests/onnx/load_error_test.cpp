// What onnx::load refuses: each Error names the file and the fault.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "tests/onnx/build_model.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

namespace {

void refuses(const onnx::proto::ModelProto& model, const std::string& text) {
  expect_error([&] { loaded(model); }, "model.onnx: ");
  expect_error([&] { loaded(model); }, text);
}
void refuses(const GraphBuilder& graph, const std::string& text) { refuses(model_of(graph), text); }

GraphBuilder one_input() { return GraphBuilder().input("x", {2}).output("y"); }

onnx::proto::FunctionProto function_of(const std::string& name,
                                       const std::vector<onnx::proto::NodeProto>& nodes) {
  onnx::proto::FunctionProto function;
  function.set_name(name);
  function.add_input("a");
  function.add_output("b");
  for (const auto& node : nodes) *function.add_node() = node;
  return function;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_load_error)

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_off_anywhere_is_an_error_or_a_model) {
  const std::string bytes = model_of(GraphBuilder()
                                         .input("x", {-1, 2})
                                         .output("y")
                                         .initializer("w", ones({2, 3}))
                                         .node("MatMul", {"x", "w"}, {"y"}))
                                .SerializeAsString();
  int refused = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    try {
      onnx::load(io::Source(std::as_bytes(std::span(part)), "part"));
    } catch (const Error& error) {
      BOOST_TEST(std::string(error.what()).starts_with("part: "), error.what());
      ++refused;
    }
  }
  BOOST_TEST(refused > static_cast<int>(bytes.size()) * 9 / 10);
}

BOOST_AUTO_TEST_CASE(other_files_are_told_by_their_kind) {
  const TemporaryFolder folder;
  expect_error([&] { onnx::load(folder / "missing.onnx"); }, "missing.onnx: no such file");
  write_file(folder / "text.onnx", {'h', 'e', 'l', 'l', 'o'});
  expect_error([&] { onnx::load(folder / "text.onnx"); }, "is not an ONNX model, or was cut off");
  write_file(folder / "image.onnx", {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 0});
  expect_error([&] { onnx::load(folder / "image.onnx"); }, "expected an ONNX model");
  write_file(folder / "empty.onnx", {});
  expect_error([&] { onnx::load(folder / "empty.onnx"); }, "is not an ONNX model");
}

BOOST_AUTO_TEST_CASE(all_operators_that_are_not_known_are_listed_in_one_error) {
  onnx::proto::ModelProto model = model_of(one_input()
                                               .node("Conjure", {"x"}, {"a"})
                                               .node("Relu", {"a"}, {"b"})
                                               .node("FusedGelu", {"b"}, {"c"})
                                               .node("LayerNormalization", {"c", "c"}, {"y"}),
                                           13);
  model.mutable_graph()->mutable_node(2)->set_domain("com.microsoft");
  auto* imported = model.add_opset_import();
  imported->set_domain("com.microsoft");
  imported->set_version(2);
  refuses(model,
          "needs what is not computed here: Conjure of opset 13, LayerNormalization of opset 13 (it is from "
          "17 on), "
          "com.microsoft.FusedGelu of opset 2");
}

BOOST_AUTO_TEST_CASE(operators_inside_branches_are_looked_up_too) {
  const GraphBuilder branch = GraphBuilder().output("b").node("Conjure", {"x"}, {"b"});
  refuses(one_input().node("If", {"x"}, {"y"},
                           {{"then_branch", branch.proto()}, {"else_branch", branch.proto()}}),
          "Conjure of opset 17");
}

BOOST_AUTO_TEST_CASE(an_opset_that_is_too_new_is_refused) {
  refuses(model_of(one_input().node("Relu", {"x"}, {"y"}), 19),
          "is written for opset 19; the newest that is known here is 18");
}

BOOST_AUTO_TEST_CASE(values_that_nothing_gives_are_named_and_so_are_cycles) {
  refuses(one_input().node("Add", {"x", "z"}, {"y"}),
          "node 0 (Add) reads \"z\", which nothing before it gives");
  refuses(one_input().node("Relu", {"b"}, {"a"}).node("Relu", {"a"}, {"b"}).node("Add", {"a", "x"}, {"y"}),
          "node 0 (Relu) reads \"b\", which nothing before it gives");
  refuses(one_input(), "the graph's output reads \"y\", which nothing before it gives");
}

BOOST_AUTO_TEST_CASE(names_are_given_once) {
  refuses(one_input().node("Relu", {"x"}, {"y"}).node("Neg", {"x"}, {"y"}),
          "the output of node 1 (Neg) is called \"y\", as is a value before it");
  refuses(one_input().input("x").node("Relu", {"x"}, {"y"}),
          "the input is called \"x\", as is a value before it");
  refuses(one_input().initializer("", ones({1})).node("Relu", {"x"}, {"y"}), "the initializer has no name");
}

BOOST_AUTO_TEST_CASE(an_initializer_that_is_an_input_too_needs_not_be_given) {
  onnx::Model net =
      loaded(one_input().input("w", {2}).initializer("w", ones({2})).node("Add", {"x", "w"}, {"y"}));
  BOOST_TEST(net.input_names() == Names{"x"});
  expect_values(net(zeros({2})), {1, 1});
}

BOOST_AUTO_TEST_CASE(functions_that_call_each_other_without_end_are_refused) {
  onnx::proto::ModelProto cycle = model_of(one_input().node("F", {"x"}, {"y"}));
  *cycle.add_functions() = function_of("F", {node_of("G", {"a"}, {"b"})});
  *cycle.add_functions() = function_of("G", {node_of("F", {"a"}, {"b"})});
  refuses(cycle, "stand inside each other more than 64 times");

  onnx::proto::ModelProto doubling = model_of(one_input().node("F0", {"x"}, {"y"}));
  for (int i = 0; i < 40; ++i) {
    const std::string next = "F" + std::to_string(i + 1);
    *doubling.add_functions() =
        function_of("F" + std::to_string(i), {node_of(next, {"a"}, {"c"}), node_of(next, {"c"}, {"b"})});
  }
  *doubling.add_functions() = function_of("F40", {node_of("Relu", {"a"}, {"b"})});
  refuses(doubling,
          "has more than 4194304 nodes, inputs and outputs, with those of the functions that it calls");
}

BOOST_AUTO_TEST_CASE(values_that_no_tensor_holds_are_named) {
  onnx::proto::ModelProto texts = model_of(one_input().node("Identity", {"x"}, {"y"}));
  texts.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(8);
  refuses(texts, "the input \"x\" has elements of string, which no Tensor holds");
  onnx::proto::ModelProto sequence = model_of(one_input().node("Identity", {"x"}, {"y"}));
  sequence.mutable_graph()->mutable_output(0)->mutable_type()->mutable_sequence_type();
  refuses(sequence, "the output \"y\" is not a tensor; sequences");
  GraphBuilder initialized = one_input().initializer("w", ones({2})).node("Add", {"x", "w"}, {"y"});
  onnx::proto::ModelProto huge = model_of(initialized);
  huge.mutable_graph()->mutable_initializer(0)->set_dims(0, std::int64_t{1} << 62);
  refuses(huge, "initializer \"w\": shape {4611686018427387904} is more than any memory holds");
  onnx::proto::ModelProto sparse = model_of(initialized);
  sparse.mutable_graph()->add_sparse_initializer();
  refuses(sparse, "sparse initializers cannot be read");
}

BOOST_AUTO_TEST_CASE(an_attribute_of_another_type_is_an_error_of_the_run) {
  onnx::Model net = loaded(one_input().node("Concat", {"x", "x"}, {"y"}, {{"axis", "first"}}));
  expect_error([&] { net(ones({2})); },
               "node 0 (Concat): the attribute axis is of another type than an integer");
  onnx::Model none = loaded(one_input().node("Concat", {"x", "x"}, {"y"}));
  expect_error([&] { none(ones({2})); }, "the attribute axis (an integer) is missing");
}

BOOST_AUTO_TEST_CASE(more_outputs_than_an_operator_gives_are_an_error) {
  onnx::Model net = loaded(one_input().node("Relu", {"x"}, {"y", "z"}));
  expect_error([&] { net(ones({2})); }, "node 0 (Relu): gives 1 outputs; 2 are named");
}

BOOST_AUTO_TEST_CASE(weights_lie_in_files_beside_the_model) {
  const TemporaryFolder folder;
  onnx::proto::ModelProto model =
      model_of(one_input().initializer("w", ones({2})).node("Add", {"x", "w"}, {"y"}));
  auto* weight = model.mutable_graph()->mutable_initializer(0);
  weight->clear_raw_data();
  weight->set_data_location(onnx::proto::TensorProto::EXTERNAL);
  auto* entry = weight->add_external_data();
  entry->set_key("location");
  entry->set_value("weights.bin");
  io::write_bytes(folder / "model.onnx", model.SerializeAsString());
  write_file(folder / "weights.bin", {0, 0, 0, 0x40, 0, 0, 0x40, 0x40});  // 2 and 3
  onnx::Model net = onnx::load(folder / "model.onnx");
  expect_values(net(zeros({2})), {2, 3});
  refuses(model, "initializer \"w\": lies in the file \"weights.bin\", and a model in memory has no folder");
  entry->set_value("../weights.bin");
  io::write_bytes(folder / "model.onnx", model.SerializeAsString());
  expect_error([&] { onnx::load(folder / "model.onnx"); },
               "expected a relative path below the model's folder");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
