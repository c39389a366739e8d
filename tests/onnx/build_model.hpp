// ModelBuilder: small models for the tests, in memory.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "onnx/detail/tensor_proto.hpp"
#include "onnx/load.hpp"

namespace xtape::testing {

using Names = std::vector<std::string>;
using Sizes = std::vector<std::int64_t>;

/// An attribute: {"axis", 1}, {"alpha", 0.5}, {"mode", "edge"}, {"perm", Sizes{1, 0}}, {"value", x}.
class Attribute {
 public:
  Attribute(std::string name, std::int64_t value)
      : Attribute(std::move(name), onnx::proto::AttributeProto::INT) {
    proto_.set_i(value);
  }
  Attribute(std::string name, int value) : Attribute(std::move(name), std::int64_t{value}) {}
  Attribute(std::string name, double value) : Attribute(std::move(name), onnx::proto::AttributeProto::FLOAT) {
    proto_.set_f(static_cast<float>(value));
  }
  Attribute(std::string name, const char* value)
      : Attribute(std::move(name), onnx::proto::AttributeProto::STRING) {
    proto_.set_s(value);
  }
  Attribute(std::string name, const Sizes& values)
      : Attribute(std::move(name), onnx::proto::AttributeProto::INTS) {
    for (const std::int64_t value : values) proto_.add_ints(value);
  }
  Attribute(std::string name, const Names& values)
      : Attribute(std::move(name), onnx::proto::AttributeProto::STRINGS) {
    for (const std::string& value : values) proto_.add_strings(value);
  }
  Attribute(std::string name, const Tensor& value)
      : Attribute(std::move(name), onnx::proto::AttributeProto::TENSOR) {
    onnx::detail::set_tensor(*proto_.mutable_t(), value);
  }
  Attribute(std::string name, const onnx::proto::GraphProto& value)
      : Attribute(std::move(name), onnx::proto::AttributeProto::GRAPH) {
    *proto_.mutable_g() = value;
  }
  const onnx::proto::AttributeProto& proto() const { return proto_; }

 private:
  Attribute(std::string name, onnx::proto::AttributeProto::AttributeType type) {
    proto_.set_name(std::move(name));
    proto_.set_type(type);
  }
  onnx::proto::AttributeProto proto_;
};

inline onnx::proto::NodeProto node_of(const std::string& op, const Names& inputs, const Names& outputs,
                                      const std::vector<Attribute>& attributes = {}) {
  onnx::proto::NodeProto node;
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  for (const Attribute& attribute : attributes) *node.add_attribute() = attribute.proto();
  return node;
}

/// A graph that is an attribute.
class GraphBuilder {
 public:
  GraphBuilder& input(const std::string& name) {
    graph_.add_input()->set_name(name);
    return *this;
  }
  /// Of a float or what the tensor has, with these sizes; -1 is free.
  GraphBuilder& input(const std::string& name, const Sizes& sizes, DType dtype = kFloat32) {
    auto* input = graph_.add_input();
    input->set_name(name);
    auto* type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::detail::data_type_of(dtype));
    type->mutable_shape();
    for (const std::int64_t size : sizes) {
      auto* dim = type->mutable_shape()->add_dim();
      if (size < 0)
        dim->set_dim_param("N");
      else
        dim->set_dim_value(size);
    }
    return *this;
  }
  GraphBuilder& output(const std::string& name) {
    graph_.add_output()->set_name(name);
    return *this;
  }
  GraphBuilder& initializer(const std::string& name, const Tensor& value) {
    auto* tensor = graph_.add_initializer();
    tensor->set_name(name);
    onnx::detail::set_tensor(*tensor, value);
    return *this;
  }
  GraphBuilder& node(const std::string& op, const Names& inputs, const Names& outputs,
                     const std::vector<Attribute>& attributes = {}) {
    *graph_.add_node() = node_of(op, inputs, outputs, attributes);
    return *this;
  }
  const onnx::proto::GraphProto& proto() const { return graph_; }

 private:
  onnx::proto::GraphProto graph_;
};

inline onnx::proto::ModelProto model_of(const GraphBuilder& graph, std::int64_t opset = 17) {
  onnx::proto::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(opset);
  *model.mutable_graph() = graph.proto();
  return model;
}

inline onnx::Model loaded(const onnx::proto::ModelProto& model) {
  const std::string bytes = model.SerializeAsString();
  return onnx::load(io::Source(std::as_bytes(std::span(bytes)), "model.onnx"));
}
inline onnx::Model loaded(const GraphBuilder& graph, std::int64_t opset = 17) {
  return loaded(model_of(graph, opset));
}

/// The outputs of one node, whose inputs are graph inputs; an undefined one is left out.
inline std::vector<Tensor> outputs_of(const std::string& op, const std::vector<Tensor>& inputs,
                                      const std::vector<Attribute>& attributes = {}, std::int64_t opset = 18,
                                      int outputs = 1) {
  GraphBuilder graph;
  Names input_names, output_names;
  StateDict given;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    input_names.push_back(inputs[i].defined() ? "x" + std::to_string(i) : "");
    if (!inputs[i].defined()) continue;
    Sizes sizes(static_cast<std::size_t>(inputs[i].dim()), -1);
    graph.input(input_names.back(), sizes, inputs[i].dtype());
    given.insert(input_names.back(), inputs[i]);
  }
  for (int i = 0; i < outputs; ++i) output_names.push_back("y" + std::to_string(i));
  for (const std::string& name : output_names) graph.output(name);
  graph.node(op, input_names, output_names, attributes);
  onnx::Model model = loaded(graph, opset);
  std::vector<Tensor> results;
  for (const auto& [name, value] : model.run(given)) results.push_back(value);
  return results;
}
inline Tensor output_of(const std::string& op, const std::vector<Tensor>& inputs,
                        const std::vector<Attribute>& attributes = {}, std::int64_t opset = 18) {
  return outputs_of(op, inputs, attributes, opset)[0];
}

}  // namespace xtape::testing
