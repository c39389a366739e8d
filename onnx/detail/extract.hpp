// The part of a graph that some of its tensors need.
#pragma once

#include <string>
#include <vector>

#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

/// Makes these tensors the graph's outputs, and leaves out the nodes, initialisers and inputs that they do
/// not need. Throws for a name that no tensor of the graph has.
void extract(proto::GraphProto& graph, const std::vector<std::string>& outputs);

}  // namespace xtape::onnx::detail
