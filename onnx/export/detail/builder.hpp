// Builder: the ONNX model that grows while the ops of a trace are gone through.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "onnx/export/detail/traces.hpp"

namespace xtape::onnx::saving {

class Builder {
 public:
  Builder(const Traces& traces, std::int64_t opset_version);

  const Traces& traces() const { return traces_; }
  /// Goes through the ops that the results depend on.
  void build();
  Model model() && { return std::move(model_); }

  /// What the graph calls a value. `op` takes it, for messages.
  const std::string& name_of(int value, const Graph::Op& op);
  /// The tensor of a value that depends on no input and on nothing that has a name; undefined for others.
  Tensor constant(int value) const;

  std::vector<std::string> add(const Graph::Op& op, std::string_view type, std::vector<std::string> inputs,
                               NodeAttributes attributes, std::size_t outputs);
  std::string add_constant(const Tensor& value);
  std::string add_ints(const std::vector<std::int64_t>& values);
  std::string add_sizes(const Graph::Op& op, const Sizes& sizes);

 private:
  void add_inputs();
  void add_outputs();
  void add_op(std::size_t op);
  std::vector<bool> needed_ops() const;
  bool is_constant(int value) const;
  void set_name(int value, std::string name);
  std::string unique(std::string name);
  std::string add_node(std::string_view type, std::vector<std::string> inputs, NodeAttributes attributes,
                       std::string_view path);
  /// A constant without an op that differs between both calls: sizes of dynamic axes are in it.
  std::string add_varying_constant(int value, const Graph::Op& op);
  /// An int64 list of one number that is not fixed.
  std::string add_size(const Graph::Op& op, const Size& size);
  std::string add_known_size(const Size& size);
  ValueInfo info_of(int value, const std::string& name) const;

  const Traces& traces_;
  Model model_;
  std::vector<int> givers_;  // of each value, the op that gave it or kNone
  std::vector<std::string> names_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, std::string> constants_;
  std::map<Size, std::pair<std::string, std::int64_t>> known_sizes_;  // a value in the graph and its axis
  std::map<Size, std::string> size_nodes_;
  std::string path_;  // of the op that nodes are added for
};

/// The bytes of the file that save() writes.
std::string file_of(const Callable& model, const std::vector<Tensor>& example, const SaveOptions& options);

}  // namespace xtape::onnx::saving
