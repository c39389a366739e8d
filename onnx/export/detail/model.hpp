// Model: an ONNX model as plain data, which forms of ops fill and serialized() makes a file of.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::onnx::saving {

/// A number that may be another one at another size of the dynamic axes: what it was in both calls.
struct Size {
  std::int64_t first, second;

  bool is_fixed() const { return first == second; }
  bool operator==(const Size&) const = default;
  auto operator<=>(const Size&) const = default;
};
using Sizes = std::vector<Size>;

struct NodeAttribute {
  std::string name;
  std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<std::string>, Tensor>
      value;
};
using NodeAttributes = std::vector<NodeAttribute>;

struct Node {
  std::string type, name;
  std::vector<std::string> inputs, outputs;
  NodeAttributes attributes;
};

/// An input or output: sizes that are left open have a name in place of a number.
struct ValueInfo {
  std::string name;
  DType dtype;
  std::vector<std::variant<std::int64_t, std::string>> shape;
};

struct Model {
  std::vector<Node> nodes;
  std::vector<std::pair<std::string, Tensor>> initializers;
  std::vector<ValueInfo> inputs, outputs;
  std::int64_t opset_version;
  std::string doc_string;
};

/// ONNX's number of a dtype.
std::int64_t onnx_type(DType dtype);

/// The bytes of its file. Throws where they are more than protobuf takes, 2 GiB.
std::string serialized(const Model& model);

}  // namespace xtape::onnx::saving
