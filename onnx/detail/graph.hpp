// Graph: a model as it is run, nodes in order, whose values are slots of a list. Names are gone but for
// messages.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "onnx/detail/attributes.hpp"

namespace xtape::onnx::detail {

struct Operator;

inline constexpr int kNoSlot = -1;  ///< of an input or output that was left out

struct Node {
  std::string label;  ///< "node 3 \"conv1\" (Conv)", for messages
  const Operator* op = nullptr;
  std::int64_t opset = 0;
  Attributes attributes = {};
  std::vector<int> inputs = {};  ///< slots; behind the node's own, what its graphs read of this one
  std::size_t own_inputs = 0;
  std::vector<int> outputs = {};
  std::vector<int> last_uses = {};  ///< slots that nothing reads behind this node
};

struct Graph {
  int slots = 0;
  std::vector<int> inputs = {};
  std::vector<int> outputs = {};
  /// Of the model's graph its initialisers, of another one the values of the outer graph that it reads: at
  /// run time they come in this order.
  std::vector<int> captured = {};
  std::size_t first_captured = 0;  ///< where these stand among the inputs of the node that holds the graph
  std::vector<std::pair<int, Tensor>> constants = {};  ///< the initialisers of an inner graph
  std::vector<Node> nodes = {};
};

/// How a run goes on.
struct RunContext {
  bool training = false;
  DType float_dtype = kFloat32;  ///< what stands for ONNX's float: float64 where the model was converted
};

/// The outputs, for inputs and captured values in the graph's order. An Error of an operator names its node.
std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs,
                        const std::vector<Tensor>& captured, const RunContext& context);

}  // namespace xtape::onnx::detail
