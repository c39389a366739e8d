// graph_of: a walk over the nodes behind a tensor.
#include "autograd/graph/graph.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "autograd/graph/detail/meta.hpp"
#include "autograd/graph/node.hpp"

namespace xtape {

using namespace detail;

namespace {

/// The nodes behind `last`, each once, oldest first: an output is always younger than its inputs.
std::vector<const Node*> nodes_behind(const Node* last) {
  std::vector<const Node*> nodes{last};
  std::unordered_set<const Node*> seen{last};
  for (std::size_t i = 0; i < nodes.size(); ++i) {  // nodes grow while they are walked
    for (const Edge& edge : nodes[i]->edges) {
      if (edge.node && seen.insert(edge.node.get()).second) nodes.push_back(edge.node.get());
    }
  }
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const Node* a, const Node* b) { return a->order < b->order; });
  return nodes;
}

class Walk {
 public:
  explicit Walk(const TensorNames& names) {
    for (const auto& [name, x] : names) {
      if (x.defined() && x.impl().meta) named_.emplace(x.impl().meta.get(), std::pair(name, x));
    }
  }

  Graph from(const Tensor& y) {
    y.impl().renew_history("graph_of");
    const Edge edge = edge_to(y);
    if (edge.node) {
      for (const Node* node : nodes_behind(edge.node.get())) add(*node);
    }
    const int value = value_of(edge, {y.shape(), y.dtype()});
    if (!edge.node) graph_.values[static_cast<std::size_t>(value)].constant = y.detach();
    return std::move(graph_);
  }

 private:
  void add(const Node& node) {
    Graph::Op op{std::string(node.name()), node.attributes(), {}, {}};
    for (std::size_t i = 0; i < node.edges.size(); ++i) {
      op.inputs.push_back(value_of(node.edges[i], node.inputs[i]));
    }
    ops_.emplace(&node, graph_.ops.size());
    graph_.ops.push_back(std::move(op));
  }

  int new_value(const InputInfo& info) {
    graph_.values.push_back({.shape = info.shape, .dtype = info.dtype});
    return static_cast<int>(graph_.values.size()) - 1;
  }

  /// A node knows the shapes of its inputs: an output has a value once somebody takes it.
  int value_of(const Edge& edge, const InputInfo& info) {
    if (edge.leaf) return value_of_leaf(edge.leaf.get(), info);
    if (!edge.node) return new_value(info);
    const auto [found, is_new] = outputs_.try_emplace({edge.node.get(), edge.output}, Graph::kNone);
    if (is_new) {
      found->second = new_value(info);
      graph_.ops[ops_.at(edge.node.get())].outputs.push_back(found->second);
    }
    return found->second;
  }

  int value_of_leaf(const AutogradMeta* leaf, const InputInfo& info) {
    const auto [found, is_new] = leaves_.try_emplace(leaf, Graph::kNone);
    if (!is_new) return found->second;
    found->second = new_value(info);
    if (const auto named = named_.find(leaf); named != named_.end()) {
      Graph::Value& value = graph_.values.back();
      value.name = named->second.first;
      value.constant = named->second.second.detach();
    }
    return found->second;
  }

  Graph graph_;
  std::unordered_map<const AutogradMeta*, std::pair<std::string, Tensor>> named_;
  std::unordered_map<const Node*, std::size_t> ops_;
  std::map<std::pair<const Node*, std::uint32_t>, int> outputs_;
  std::unordered_map<const AutogradMeta*, int> leaves_;
};

}  // namespace

Graph graph_of(const Tensor& y, const TensorNames& names) { return Walk(names).from(y); }

}  // namespace xtape
