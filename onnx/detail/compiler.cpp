// The parts of a file around its graph: opsets, inputs, initialisers.
#include "onnx/detail/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "io/file_kind.hpp"
#include "io/guard.hpp"
#include "io/utf8.hpp"
#include "onnx/detail/extract.hpp"
#include "onnx/detail/graph_compiler.hpp"
#include "onnx/detail/operators.hpp"
#include "onnx/detail/tensor_proto.hpp"

namespace xtape::onnx::detail {

namespace {

constexpr std::int64_t kNewestOpset = 18;

std::string quoted(const std::string& name) { return fmt::format("\"{}\"", io::printable(name)); }

proto::ModelProto parsed(const io::Source& source) {
  const std::string bytes = io::read_bytes(source);
  check(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()),
        "has {} bytes; a protobuf message has at most 2 GiB, larger weights lie in files beside it",
        bytes.size());
  proto::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !model.has_graph()) {
    io::check_kind(std::string_view(bytes).substr(0, 512), source.name(), "an ONNX model");
    throw Error("is not an ONNX model, or was cut off");
  }
  return model;
}

/// The dtype of an input or output, float32 where the file does not say; throws where no Tensor can have it.
DType dtype_of_value(const proto::ValueInfoProto& value, std::string_view what) {
  const proto::TypeProto& type = value.type();
  check(type.has_tensor_type() || type.value_case() == proto::TypeProto::VALUE_NOT_SET,
        "the {} {} is not a tensor; sequences, optionals, maps and sparse tensors cannot be read", what,
        quoted(value.name()));
  if (!type.tensor_type().has_elem_type()) return kFloat32;
  const std::optional<DType> dtype = dtype_of(type.tensor_type().elem_type());
  if (!dtype)
    throw Error(fmt::format("the {} {} has elements of {}, which no Tensor holds", what, quoted(value.name()),
                            type_name(type.tensor_type().elem_type())));
  return *dtype;
}

InputSpec spec_of(const proto::ValueInfoProto& input) {
  InputSpec spec{.name = input.name(), .dtype = dtype_of_value(input, "input")};
  if (!input.type().tensor_type().has_shape()) return spec;
  spec.sizes.emplace();
  for (const auto& dim : input.type().tensor_type().shape().dim())
    spec.sizes->push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  return spec;
}

/// The slots that an operator reads where nothing is to be learnt, and nowhere else.
std::unordered_set<int> untrained_slots(const Graph& graph) {
  std::unordered_set<int> untrained, trained;
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const std::vector<int>& fixed = node.op->not_trained;
      const bool is_fixed = std::ranges::find(fixed, static_cast<int>(i)) != fixed.end();
      (is_fixed ? untrained : trained).insert(node.inputs[i]);
    }
  }
  for (const int slot : trained) untrained.erase(slot);
  return untrained;
}

std::vector<Initializer> initializers_of(const proto::GraphProto& graph, const Graph& compiled,
                                         const ExternalData& external) {
  const std::unordered_set<int> untrained = untrained_slots(compiled);
  std::vector<Initializer> initializers;
  for (int i = 0; i < graph.initializer_size(); ++i) {
    const proto::TensorProto& proto = graph.initializer(i);
    const Tensor value = to_tensor(proto, "initializer " + quoted(proto.name()), external);
    const bool is_trained = !untrained.contains(compiled.captured[static_cast<std::size_t>(i)]);
    initializers.push_back({proto.name(), value, value.is_floating_point() && is_trained});
  }
  return initializers;
}

Compiled compiled(const io::Source& source, const std::vector<std::string>& outputs) {
  proto::ModelProto model = parsed(source);
  if (!outputs.empty()) extract(*model.mutable_graph(), outputs);
  const ExternalData external(source);
  const proto::GraphProto& graph = model.graph();
  check(graph.sparse_initializer_size() == 0, "sparse initializers cannot be read");

  ModelContext context(model, external);
  Compiled result{.program = {.opset = context.opset("")}, .initializers = {}};
  check(result.program.opset <= kNewestOpset, "is written for opset {}; the newest that is known here is {}",
        result.program.opset, kNewestOpset);
  result.program.graph = GraphCompiler(context).main_graph(graph);
  context.check_known();

  std::unordered_set<std::string> names;
  for (const auto& initializer : graph.initializer()) names.insert(initializer.name());
  for (const auto& input : graph.input())
    if (!names.contains(input.name())) result.program.inputs.push_back(spec_of(input));
  for (const auto& output : graph.output()) {
    dtype_of_value(output, "output");
    result.program.output_names.push_back(output.name());
  }
  result.initializers = initializers_of(graph, result.program.graph, external);
  for (std::size_t i = 0; i < result.initializers.size(); ++i)
    if (result.initializers[i].value.dtype() == kFloat32) result.program.float_initializer = i;
  return result;
}

}  // namespace

std::vector<std::string> value_names(const io::Source& source) {
  return io::guarded(source.name(), [&] {
    const proto::ModelProto model = parsed(source);
    std::vector<std::string> names;
    for (const proto::NodeProto& node : model.graph().node()) {
      for (const std::string& name : node.output())
        if (!name.empty()) names.push_back(name);
    }
    return names;
  });
}

Compiled compile(const io::Source& source, const std::vector<std::string>& outputs) {
  try {
    return io::guarded(source.name(), [&] { return compiled(source, outputs); });
  } catch (const Error& error) {
    const std::string text = error.what();
    throw Error(text.starts_with(source.name() + ": ") ? text : source.name() + ": " + text);
  }
}

}  // namespace xtape::onnx::detail
