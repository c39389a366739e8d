// A trace as text: `v1 = relu(v0)` is an op, v0 a value.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "autograd/graph/trace.hpp"

namespace xtape::testing {

inline std::string text_of(const Graph& graph, const std::vector<int>& values) {
  std::string text;
  for (const int value : values) {
    const std::string name =
        value == Graph::kNone ? "none" : graph.values[static_cast<std::size_t>(value)].name;
    text += (text.empty() ? "" : ", ") + (name.empty() ? fmt::format("v{}", value) : name);
  }
  return text;
}

/// One line for each op: "v1, v2 = split(x; split_size=2, dim=0)".
inline std::string text_of(const Graph& graph) {
  std::string text;
  for (const Graph::Op& op : graph.ops) {
    std::string attributes;
    for (const auto& [name, value] : op.attributes) {
      attributes += fmt::format("{}{}={}", attributes.empty() ? "; " : ", ", name, op::to_string(value));
    }
    text += fmt::format("{} = {}({}{})\n", text_of(graph, op.outputs), op.name, text_of(graph, op.inputs),
                        attributes);
  }
  return text;
}

/// The text of what f(x) computes, with x called "x".
template <class F>
std::string traced(const Tensor& x, const F& f) {
  Tracer tracer;
  tracer.name(x, "x");
  f(x);
  return text_of(tracer.graph());
}

}  // namespace xtape::testing
