// What save() wrote, read back as protobuf's messages.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "onnx/detail/schema.hpp"
#include "onnx/save.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

inline onnx::proto::ModelProto read_model(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  onnx::proto::ModelProto model;
  BOOST_TEST(model.ParseFromString(bytes.str()));
  return model;
}

template <class Model, class Example>
onnx::proto::GraphProto saved_graph(Model&& model, const Example& example,
                                    const onnx::SaveOptions& options = {}) {
  const TemporaryFolder folder;
  onnx::save(model, example, folder / "model.onnx", options);
  return read_model(folder / "model.onnx").graph();
}

/// "Gemm Relu", without constants.
inline std::string types_of(const onnx::proto::GraphProto& graph) {
  std::string types;
  for (const auto& node : graph.node())
    if (node.op_type() != "Constant") types += (types.empty() ? "" : " ") + node.op_type();
  return types;
}

inline std::vector<std::string> initializers_of(const onnx::proto::GraphProto& graph) {
  std::vector<std::string> names;
  for (const auto& tensor : graph.initializer()) names.push_back(tensor.name());
  return names;
}

/// "{N, 3}"
inline std::string shape_of(const onnx::proto::ValueInfoProto& value) {
  std::string text;
  for (const auto& dim : value.type().tensor_type().shape().dim())
    text += (text.empty() ? "" : ", ") +
            (dim.has_dim_param() ? dim.dim_param() : std::to_string(dim.dim_value()));
  return "{" + text + "}";
}

}  // namespace xtape::testing
