// Traces: two calls of a model, written down so that one tells what of the other is fixed.
#pragma once

#include <string>
#include <vector>

#include "autograd/graph/graph.hpp"
#include "onnx/export/detail/model.hpp"
#include "onnx/save.hpp"

namespace xtape::onnx::saving {

using detail::Callable;

/// One call: its graph, and which values of that are the inputs and the results.
struct Trace {
  Graph graph;
  std::vector<int> inputs, outputs;
};

/// A size that is left open: its name, and what it was in both calls.
struct Symbol {
  std::string name;
  Size size;
};

/// Both graphs have the same ops on the same values; shapes, attributes and constants may differ.
struct Traces {
  Trace first, second;
  std::vector<Symbol> symbols;
  std::vector<std::string> input_names, output_names;

  const Graph::Value& value(int number) const { return first.graph.values[static_cast<std::size_t>(number)]; }
  const Graph::Value& other_value(int number) const {
    return second.graph.values[static_cast<std::size_t>(number)];
  }
  /// The sizes of a value's dims.
  Sizes sizes(int number) const;
  /// The module that an op ran in, "block.fc1"; "" outside of modules.
  std::string path_of(const Graph::Op& op) const;
  /// "matmul in block.fc1", for messages.
  std::string place_of(const Graph::Op& op) const;
};

/// Calls the model twice, unrecorded: with the example, and with other values and sizes of the dynamic axes.
/// Throws for options that do not fit the example, and where the calls ran different ops.
Traces traced(const Callable& model, const std::vector<Tensor>& example, const SaveOptions& options);

}  // namespace xtape::onnx::saving
