// GraphCompiler: a graph of a file, with those inside it, to slots and nodes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "onnx/detail/external_data.hpp"
#include "onnx/detail/graph.hpp"
#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

/// What all graphs of a file share.
class ModelContext {
 public:
  /// Both have to stay.
  ModelContext(const proto::ModelProto& model, const ExternalData& external);

  /// The version of the operator set; 1 where the model does not import it, as before IR version 3.
  std::int64_t opset(const std::string& domain) const;
  const proto::FunctionProto* function(const std::string& domain, const std::string& name) const;

  void note_unknown(std::string what) { unknown_.insert(std::move(what)); }
  /// Throws one Error that lists what was noted.
  void check_known() const;
  /// Functions are compiled where they are called: a small file can ask for very much. So what is counted has
  /// a bound, and values are read once, whoever holds them.
  void count(const proto::NodeProto& node);
  /// Null where the attribute's type serves no operator.
  const Attributes::Held& attribute(const proto::AttributeProto& attribute, const std::string& where);
  const Tensor& tensor(const proto::TensorProto& tensor);

 private:
  const ExternalData& external_;
  std::map<std::string, std::int64_t> opsets_;
  std::map<std::pair<std::string, std::string>, const proto::FunctionProto*> functions_;
  std::set<std::string> unknown_;
  std::unordered_map<const proto::AttributeProto*, Attributes::Held> attributes_;
  std::unordered_map<const proto::TensorProto*, Tensor> tensors_;
  std::int64_t parts_ = 0;
};

class GraphCompiler {
 public:
  explicit GraphCompiler(ModelContext& context) : context_(context) {}

  /// The model's own graph: its initialisers are captured, in their order.
  Graph main_graph(const proto::GraphProto& graph);

 private:
  using Arguments = std::map<std::string, const proto::AttributeProto*>;

  GraphCompiler(ModelContext& context, GraphCompiler* outer, const Arguments* arguments, int depth)
      : context_(context), outer_(outer), arguments_(arguments), depth_(depth) {}

  Graph inner_graph(const proto::GraphProto& graph);
  Graph function_graph(const proto::FunctionProto& function);
  void add_nodes(const google::protobuf::RepeatedPtrField<proto::NodeProto>& nodes);
  void add_node(const proto::NodeProto& proto);
  void set_operator(Node& node, const proto::NodeProto& proto);
  void set_attributes(Node& node, const proto::NodeProto& proto);
  void add_graph(Node& node, const std::string& name, Graph graph, const GraphCompiler& inner);
  void add_outputs(Node& node, const proto::NodeProto& proto);
  Graph finished();

  int define(const std::string& name, std::string_view what);
  int slot_of(const std::string& name, const std::string& reader);
  /// The slot of a value of this graph or of one around it; kNoSlot where there is none.
  int find(const std::string& name);

  ModelContext& context_;
  GraphCompiler* outer_ = nullptr;        // whose values the graph may read
  const Arguments* arguments_ = nullptr;  // of a function's body: the attributes of the call
  int depth_ = 0;
  Graph graph_;
  std::unordered_map<std::string_view, int> slots_;  // the file's own names
  std::vector<int> captured_from_;                   // the slots of the outer graph
};

}  // namespace xtape::onnx::detail
