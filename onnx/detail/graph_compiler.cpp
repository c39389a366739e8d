// Names are resolved in the order of the nodes, so that a cycle is a name that nothing before its reader
// gives.
#include "onnx/detail/graph_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_set>

#include "autograd/base/error.hpp"
#include "io/utf8.hpp"
#include "onnx/detail/operators.hpp"
#include "onnx/detail/read_attribute.hpp"
#include "onnx/detail/tensor_proto.hpp"

namespace xtape::onnx::detail {

namespace {

constexpr std::int64_t kMostParts = 1 << 22;
constexpr int kMostLevels = 64;  // of graphs and functions inside each other

/// The domain of ONNX's own operators has two spellings.
std::string domain_of(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

std::string quoted(const std::string& name) { return fmt::format("\"{}\"", io::printable(name)); }

Results call_function(const Call& call) {
  std::vector<Tensor> inputs;
  for (int i = 0; i < call.size(); ++i) inputs.push_back(call.get(i));
  return call.run(call.attributes().graph("body"), inputs);
}
const Operator kFunction{"function", 1, call_function};

}  // namespace

ModelContext::ModelContext(const proto::ModelProto& model, const ExternalData& external)
    : external_(external) {
  for (const auto& imported : model.opset_import())
    opsets_[domain_of(imported.domain())] = imported.version();
  for (const auto& function : model.functions())
    functions_[{domain_of(function.domain()), function.name()}] = &function;
}

std::int64_t ModelContext::opset(const std::string& domain) const {
  const auto found = opsets_.find(domain);
  return found == opsets_.end() ? 1 : found->second;
}

const proto::FunctionProto* ModelContext::function(const std::string& domain, const std::string& name) const {
  const auto found = functions_.find({domain, name});
  return found == functions_.end() ? nullptr : found->second;
}

void ModelContext::check_known() const {
  check(unknown_.empty(), "needs what is not computed here: {}",
        fmt::join(std::vector<std::string>(unknown_.begin(), unknown_.end()), ", "));
}

void ModelContext::count(const proto::NodeProto& node) {
  parts_ += 1 + node.input_size() + node.output_size() + node.attribute_size();
  check(parts_ <= kMostParts,
        "has more than {} nodes, inputs and outputs, with those of the functions that it calls", kMostParts);
}

const Attributes::Held& ModelContext::attribute(const proto::AttributeProto& attribute,
                                                const std::string& where) {
  const auto [at, is_new] = attributes_.try_emplace(&attribute);
  if (is_new) {
    if (auto value = read_attribute(attribute, where, external_))
      at->second = std::make_shared<const Attributes::Value>(std::move(*value));
  }
  return at->second;
}

const Tensor& ModelContext::tensor(const proto::TensorProto& tensor) {
  const auto [at, is_new] = tensors_.try_emplace(&tensor);
  if (is_new) at->second = to_tensor(tensor, "initializer " + quoted(tensor.name()), external_);
  return at->second;
}

Graph GraphCompiler::main_graph(const proto::GraphProto& graph) {
  for (const auto& initializer : graph.initializer())
    graph_.captured.push_back(define(initializer.name(), "the initializer"));
  const auto is_initializer = [&](const std::string& name) { return slots_.contains(name); };
  std::vector<std::string> names;
  for (const auto& input : graph.input())
    if (!is_initializer(input.name())) names.push_back(input.name());  // before IR version 4 both name them
  for (const std::string& name : names) graph_.inputs.push_back(define(name, "the input"));
  add_nodes(graph.node());
  for (const auto& output : graph.output())
    graph_.outputs.push_back(slot_of(output.name(), "the graph's output"));
  return finished();
}

Graph GraphCompiler::inner_graph(const proto::GraphProto& graph) {
  check(graph.sparse_initializer_size() == 0, "sparse initializers cannot be read");
  for (const auto& input : graph.input()) graph_.inputs.push_back(define(input.name(), "the input"));
  for (const auto& initializer : graph.initializer()) {
    graph_.constants.emplace_back(define(initializer.name(), "the initializer"),
                                  context_.tensor(initializer));
  }
  add_nodes(graph.node());
  for (const auto& output : graph.output())
    graph_.outputs.push_back(slot_of(output.name(), "the output of an inner graph"));
  return finished();
}

Graph GraphCompiler::function_graph(const proto::FunctionProto& function) {
  for (const std::string& input : function.input()) graph_.inputs.push_back(define(input, "the input"));
  add_nodes(function.node());
  for (const std::string& output : function.output())
    graph_.outputs.push_back(slot_of(output, "the output of a function"));
  return finished();
}

void GraphCompiler::add_nodes(const google::protobuf::RepeatedPtrField<proto::NodeProto>& nodes) {
  for (const proto::NodeProto& node : nodes) add_node(node);
}

void GraphCompiler::add_node(const proto::NodeProto& proto) {
  context_.count(proto);
  Node node;
  node.label = fmt::format("node {}{} ({})", graph_.nodes.size(),
                           proto.name().empty() ? std::string() : fmt::format(" {}", quoted(proto.name())),
                           io::printable(proto.op_type()));
  for (const std::string& input : proto.input())
    node.inputs.push_back(input.empty() ? kNoSlot : slot_of(input, node.label));
  while (!node.inputs.empty() && node.inputs.back() == kNoSlot) node.inputs.pop_back();
  node.own_inputs = node.inputs.size();
  set_attributes(node, proto);
  set_operator(node, proto);
  add_outputs(node, proto);
  graph_.nodes.push_back(std::move(node));
}

void GraphCompiler::set_operator(Node& node, const proto::NodeProto& proto) {
  const std::string domain = domain_of(proto.domain());
  node.opset = context_.opset(domain);
  if (const proto::FunctionProto* function = context_.function(domain, proto.op_type())) {
    check(depth_ < kMostLevels, "{}: functions and graphs stand inside each other more than {} times",
          node.label, kMostLevels);
    check(proto.input_size() <= function->input_size() && proto.output_size() <= function->output_size(),
          "{}: has {} inputs and {} outputs; the function takes {} and gives {}", node.label,
          proto.input_size(), proto.output_size(), function->input_size(), function->output_size());
    Arguments arguments;
    for (const auto& attribute : proto.attribute()) arguments[attribute.name()] = &attribute;
    GraphCompiler body(context_, nullptr, &arguments, depth_ + 1);
    node.inputs.resize(static_cast<std::size_t>(function->input_size()), kNoSlot);
    node.own_inputs = node.inputs.size();
    node.attributes = {};
    add_graph(node, "body", body.function_graph(*function), body);
    node.op = &kFunction;
    return;
  }
  const std::string name = domain.empty() ? proto.op_type() : domain + "." + proto.op_type();
  node.op = find_operator(name);
  if (node.op == nullptr || node.opset < node.op->since) {
    context_.note_unknown(
        fmt::format("{} of opset {}{}", io::printable(name), node.opset,
                    node.op == nullptr ? "" : fmt::format(" (it is from {} on)", node.op->since)));
  }
}

void GraphCompiler::set_attributes(Node& node, const proto::NodeProto& proto) {
  for (const proto::AttributeProto& given : proto.attribute()) {
    const proto::AttributeProto* attribute = &given;
    if (!given.ref_attr_name().empty()) {  // in a function's body: the attribute of its call
      if (arguments_ == nullptr || !arguments_->contains(given.ref_attr_name())) continue;
      attribute = arguments_->at(given.ref_attr_name());
    }
    if (is_graph(*attribute)) {
      check(depth_ < kMostLevels, "{}: functions and graphs stand inside each other more than {} times",
            node.label, kMostLevels);
      GraphCompiler inner(context_, this, arguments_, depth_ + 1);
      add_graph(node, given.name(), inner.inner_graph(attribute->g()), inner);
    } else if (const Attributes::Held& value = context_.attribute(*attribute, node.label)) {
      node.attributes.set(given.name(), value);
    } else {
      context_.note_unknown(fmt::format("the attribute {} of {} with its type {}",
                                        io::printable(given.name()), io::printable(proto.op_type()),
                                        static_cast<int>(attribute->type())));
    }
  }
}

void GraphCompiler::add_graph(Node& node, const std::string& name, Graph graph, const GraphCompiler& inner) {
  graph.first_captured = node.inputs.size();
  node.inputs.insert(node.inputs.end(), inner.captured_from_.begin(), inner.captured_from_.end());
  node.attributes.set(
      name, std::make_shared<const Attributes::Value>(std::make_shared<const Graph>(std::move(graph))));
}

void GraphCompiler::add_outputs(Node& node, const proto::NodeProto& proto) {
  for (const std::string& output : proto.output())
    node.outputs.push_back(output.empty() ? kNoSlot : define(output, "the output of " + node.label));
  while (!node.outputs.empty() && node.outputs.back() == kNoSlot) node.outputs.pop_back();
}

Graph GraphCompiler::finished() {
  std::unordered_set<int> needed(graph_.outputs.begin(), graph_.outputs.end());
  for (auto at = graph_.nodes.rbegin(); at != graph_.nodes.rend(); ++at) {
    Node& node = *at;
    for (const std::vector<int>* slots : {&node.outputs, &node.inputs})
      for (const int slot : *slots)
        if (slot != kNoSlot && needed.insert(slot).second) node.last_uses.push_back(slot);
  }
  return std::move(graph_);
}

int GraphCompiler::define(const std::string& name, std::string_view what) {
  check(!name.empty(), "{} has no name", what);
  if (!slots_.try_emplace(name, graph_.slots).second)
    throw Error(fmt::format("{} is called {}, as is a value before it", what, quoted(name)));
  return graph_.slots++;
}

int GraphCompiler::slot_of(const std::string& name, const std::string& reader) {
  const int slot = find(name);
  if (slot == kNoSlot)
    throw Error(fmt::format("{} reads {}, which nothing before it gives", reader, quoted(name)));
  return slot;
}

int GraphCompiler::find(const std::string& name) {
  if (const auto found = slots_.find(name); found != slots_.end()) return found->second;
  const int outside = outer_ == nullptr ? kNoSlot : outer_->find(name);
  if (outside == kNoSlot) return kNoSlot;
  const int slot = graph_.slots++;
  slots_[name] = slot;
  graph_.captured.push_back(slot);
  captured_from_.push_back(outside);
  return slot;
}

}  // namespace xtape::onnx::detail
