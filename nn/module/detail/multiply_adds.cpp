// Which ops multiply and add, and how often.
#include "nn/module/detail/multiply_adds.hpp"

#include <set>

namespace xtape::nn::detail {

namespace {

/// Of a recurrent layer of x, initial states, and weights and biases: each row of x meets all weights, whose
/// two dims the biases do not have.
std::int64_t of_recurrent_layer(const Graph& graph, const Graph::Op& op) {
  const auto shape = [&](std::size_t input) -> const Shape& {
    return graph.values[static_cast<std::size_t>(op.inputs[input])].shape;
  };
  const std::size_t states = op.name == "lstm" ? 2 : 1;
  std::int64_t weights = 0;
  for (std::size_t i = 1 + states; i < op.inputs.size(); ++i)
    if (shape(i).size() == 2) weights += shape(i).numel();
  const Shape& x = shape(0);
  return x.back() == 0 ? 0 : x.numel() / x.back() * weights;
}

/// Of one op, from the shapes around it.
std::int64_t multiply_adds(const Graph& graph, const Graph::Op& op) {
  const auto shape = [&](int value) -> const Shape& {
    return graph.values[static_cast<std::size_t>(value)].shape;
  };
  const auto result = [&] { return shape(op.outputs[0]).numel(); };
  if (op.name == "matmul" || op.name == "linear") {
    const Shape& x = shape(op.inputs[0]);
    return result() * x.back();
  }
  if (op.name == "lstm" || op.name == "gru" || op.name == "rnn_tanh" || op.name == "rnn_relu")
    return of_recurrent_layer(graph, op);
  if (op.name.ends_with(
          "_sequence"))  // of a layer of packed sequences: each state meets the weight {gates H, H}
    return result() * shape(op.inputs[0])[0];
  // A weight {O, C / groups, ...} meets each of the O channels of y, or of what a transpose is given, once.
  const bool transposed = op.name.starts_with("conv_transpose");
  if (!transposed && op.name != "conv1d" && op.name != "conv2d") return 0;
  const Shape& weight = shape(op.inputs[1]);
  if (weight.numel() == 0) return 0;
  return (transposed ? shape(op.inputs[0]).numel() : result()) * (weight.numel() / weight[0]);
}

}  // namespace

MultiplyAdds::MultiplyAdds(const Graph& graph) {
  for (const Graph::Op& op : graph.ops) {
    const std::int64_t count = multiply_adds(graph, op);
    if (count == 0) continue;
    total_ += count;
    std::set<std::string> paths;  // a module may call itself
    for (int at = op.scope; at != Graph::kNone; at = graph.scopes[static_cast<std::size_t>(at)].parent)
      paths.insert(graph.scopes[static_cast<std::size_t>(at)].name);
    for (const std::string& path : paths) of_[path] += count;
  }
}

std::int64_t MultiplyAdds::of(const std::string& path) const {
  const auto found = of_.find(path);
  return found == of_.end() ? 0 : found->second;
}

}  // namespace xtape::nn::detail
