// Call: what an operator is given, one node in one run.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "onnx/detail/graph.hpp"

namespace xtape::onnx::detail {

/// What an operator gives: one tensor, or several in ONNX's order.
class Results : public std::vector<Tensor> {
 public:
  Results(Tensor only) { push_back(std::move(only)); }                       // NOLINT: implicit, for return
  Results(std::initializer_list<Tensor> all) : std::vector<Tensor>(all) {}   // NOLINT
  Results(std::vector<Tensor> all) : std::vector<Tensor>(std::move(all)) {}  // NOLINT
};

class Call {
 public:
  Call(const Node& node, const std::vector<Tensor>& values, const RunContext& context)
      : node_(node), values_(values), context_(context) {}

  /// How many inputs are named, those among them that were left out too.
  int size() const { return static_cast<int>(node_.own_inputs); }
  bool has(int i) const;
  /// Input i; an Error where it was left out.
  const Tensor& operator[](int i) const;
  /// Input i, undefined where it was left out.
  Tensor get(int i) const { return has(i) ? (*this)[i] : Tensor(); }
  std::vector<Tensor> all() const;
  /// The values of input i, which has at most one dim, of integers.
  std::vector<std::int64_t> integers(int i) const;
  /// The same as a shape, of at most 8 numbers.
  Shape shape(int i) const;
  /// The only value of input i.
  template <class T>
  T item(int i) const {
    check((*this)[i].numel() == 1, "input {} has {} elements; expected 1", i, (*this)[i].numel());
    return (*this)[i].template item<T>();
  }
  /// A list that older opsets have as an attribute and newer ones as input i; empty where neither is there.
  std::vector<std::int64_t> integers(int i, std::string_view attribute) const {
    return has(i) ? integers(i) : attributes().integers(attribute);
  }

  const Attributes& attributes() const { return node_.attributes; }
  std::int64_t integer(std::string_view name, std::optional<std::int64_t> otherwise = {}) const {
    return attributes().integer(name, otherwise);
  }
  double number(std::string_view name, std::optional<double> otherwise = {}) const {
    return attributes().number(name, otherwise);
  }
  std::string text(std::string_view name, std::optional<std::string> otherwise = {}) const {
    return attributes().text(name, std::move(otherwise));
  }

  int outputs() const { return static_cast<int>(node_.outputs.size()); }
  bool wants(int i) const { return i < outputs() && node_.outputs[static_cast<std::size_t>(i)] != kNoSlot; }
  std::int64_t opset() const { return node_.opset; }
  bool training() const { return context_.training; }
  /// The dtype for a TensorProto::DataType; an Error where no Tensor has it.
  DType dtype(std::int64_t data_type) const;
  /// What ONNX calls float32.
  DType float_dtype() const { return context_.float_dtype; }

  /// Runs a graph that is an attribute of the node.
  std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs) const;

 private:
  const Node& node_;
  const std::vector<Tensor>& values_;
  const RunContext& context_;
};

}  // namespace xtape::onnx::detail
