// to_dot: a graph as text for Graphviz. `dot -Tsvg graph.dot -o graph.svg` draws it.
#pragma once

#include <string>

#include "autograd/graph/graph.hpp"

namespace xtape {

/// Ops are boxes with their attributes, scopes are frames around them, and arrows between ops show shapes.
/// Ellipses are values that no op gave, that no op takes, or that have a name.
std::string to_dot(const Graph& graph);
/// The same of graph_of(y, names).
std::string to_dot(const Tensor& y, const TensorNames& names = {});

}  // namespace xtape
