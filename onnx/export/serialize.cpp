// An ONNX model as protobuf's bytes.
#include "onnx/detail/schema.hpp"
#include "onnx/detail/tensor_proto.hpp"
#include "onnx/export/detail/model.hpp"

namespace xtape::onnx::saving {

using detail::data_type_of;
using detail::set_tensor;

namespace {

constexpr std::int64_t kIrVersion = 8;

void set_attribute(proto::AttributeProto& result, const NodeAttribute& attribute) {
  using Proto = proto::AttributeProto;
  result.set_name(attribute.name);
  if (const auto* integer = std::get_if<std::int64_t>(&attribute.value)) {
    result.set_type(Proto::INT);
    result.set_i(*integer);
  } else if (const auto* number = std::get_if<double>(&attribute.value)) {
    result.set_type(Proto::FLOAT);
    result.set_f(static_cast<float>(*number));
  } else if (const auto* word = std::get_if<std::string>(&attribute.value)) {
    result.set_type(Proto::STRING);
    result.set_s(*word);
  } else if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attribute.value)) {
    result.set_type(Proto::INTS);
    for (const std::int64_t value : *list) result.add_ints(value);
  } else if (const auto* words = std::get_if<std::vector<std::string>>(&attribute.value)) {
    result.set_type(Proto::STRINGS);
    for (const std::string& each : *words) result.add_strings(each);
  } else {
    result.set_type(Proto::TENSOR);
    set_tensor(*result.mutable_t(), std::get<Tensor>(attribute.value));
  }
}

void set_node(proto::NodeProto& result, const Node& node) {
  result.set_op_type(node.type);
  result.set_name(node.name);
  for (const std::string& input : node.inputs) result.add_input(input);
  for (const std::string& output : node.outputs) result.add_output(output);
  for (const NodeAttribute& attribute : node.attributes) set_attribute(*result.add_attribute(), attribute);
}

void set_value(proto::ValueInfoProto& result, const ValueInfo& value) {
  result.set_name(value.name);
  auto& type = *result.mutable_type()->mutable_tensor_type();
  type.set_elem_type(data_type_of(value.dtype));
  auto& shape = *type.mutable_shape();  // of a number, one without dims
  for (const auto& size : value.shape) {
    auto& dim = *shape.add_dim();
    if (const auto* number = std::get_if<std::int64_t>(&size))
      dim.set_dim_value(*number);
    else
      dim.set_dim_param(std::get<std::string>(size));
  }
}

}  // namespace

std::int64_t onnx_type(DType dtype) { return data_type_of(dtype); }

std::string serialized(const Model& model) {
  proto::ModelProto result;
  result.set_ir_version(kIrVersion);
  result.set_producer_name("xtape");
  result.set_producer_version(XTAPE_VERSION);
  if (!model.doc_string.empty()) result.set_doc_string(model.doc_string);
  auto& opset = *result.add_opset_import();
  opset.set_domain("");
  opset.set_version(model.opset_version);

  proto::GraphProto& graph = *result.mutable_graph();
  graph.set_name("xtape");
  for (const Node& node : model.nodes) set_node(*graph.add_node(), node);
  for (const auto& [name, value] : model.initializers) {
    proto::TensorProto& tensor = *graph.add_initializer();
    tensor.set_name(name);
    set_tensor(tensor, value);
  }
  for (const ValueInfo& input : model.inputs) set_value(*graph.add_input(), input);
  for (const ValueInfo& output : model.outputs) set_value(*graph.add_output(), output);

  std::string bytes;
  constexpr std::size_t kMostBytes = std::size_t{1} << 31;
  const std::size_t size = result.ByteSizeLong();
  check(size < kMostBytes && result.SerializeToString(&bytes),
        "onnx::save: the model takes {} bytes; an ONNX file holds less than 2 GiB", size);
  return bytes;
}

}  // namespace xtape::onnx::saving
