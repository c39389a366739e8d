// From the outputs backwards: nodes stand behind those that they read.
#include "onnx/detail/extract.hpp"

#include <algorithm>
#include <unordered_set>

#include "autograd/base/error.hpp"
#include "io/utf8.hpp"

namespace xtape::onnx::detail {

namespace {

using Names = std::unordered_set<std::string>;

void add_read(const proto::GraphProto& graph, Names& read);

/// What a node reads, and the graphs in its attributes, at any depth.
void add_read(const proto::NodeProto& node, Names& read) {
  for (const std::string& name : node.input()) read.insert(name);
  for (const proto::AttributeProto& attribute : node.attribute()) {
    if (attribute.has_g()) add_read(attribute.g(), read);
    for (const proto::GraphProto& graph : attribute.graphs()) add_read(graph, read);
  }
}

// An inner graph's own names are taken for outer ones too: at worst a node too much stays.
void add_read(const proto::GraphProto& graph, Names& read) {
  for (const proto::NodeProto& node : graph.node()) add_read(node, read);
  for (const proto::ValueInfoProto& output : graph.output()) read.insert(output.name());
}

/// Removes the items whose flag is not set.
template <class Items>
void keep(Items& items, const std::vector<bool>& kept) {
  int count = 0;
  for (int i = 0; i < items.size(); ++i) {
    if (kept[static_cast<std::size_t>(i)]) items.SwapElements(i, count++);
  }
  items.DeleteSubrange(count, items.size() - count);
}

template <class Items>
void keep_read(Items& items, const Names& read) {
  std::vector<bool> kept;
  for (const auto& item : items) kept.push_back(read.contains(item.name()));
  keep(items, kept);
}

/// The graph's output of that name, or a new one of which nothing is known.
proto::ValueInfoProto output_of(const proto::GraphProto& graph, const std::string& name) {
  for (const proto::ValueInfoProto& output : graph.output()) {
    if (output.name() == name) return output;
  }
  proto::ValueInfoProto output;
  output.set_name(name);
  return output;
}

}  // namespace

void extract(proto::GraphProto& graph, const std::vector<std::string>& outputs) {
  Names given;
  for (const proto::NodeProto& node : graph.node()) given.insert(node.output().begin(), node.output().end());
  google::protobuf::RepeatedPtrField<proto::ValueInfoProto> wanted;
  for (const std::string& name : outputs) {
    check(!name.empty() && given.contains(name), "no node gives a tensor \"{}\"", io::printable(name));
    *wanted.Add() = output_of(graph, name);
  }
  *graph.mutable_output() = wanted;

  Names read(outputs.begin(), outputs.end());
  std::vector<bool> kept(static_cast<std::size_t>(graph.node_size()));
  for (int i = graph.node_size() - 1; i >= 0; --i) {
    const auto& results = graph.node(i).output();
    if (std::none_of(results.begin(), results.end(), [&](const auto& name) { return read.contains(name); }))
      continue;
    kept[static_cast<std::size_t>(i)] = true;
    add_read(graph.node(i), read);
  }
  keep(*graph.mutable_node(), kept);
  keep_read(*graph.mutable_initializer(), read);
  keep_read(*graph.mutable_input(), read);
}

}  // namespace xtape::onnx::detail
