// Call: one op of a traced model as its form sees it: inputs by the names that they have in the ONNX graph,
// attributes, and the nodes that it adds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/export/detail/builder.hpp"

namespace xtape::onnx::saving {

using Names = std::vector<std::string>;

class Call {
 public:
  Call(Builder& builder, std::size_t op);

  std::string_view op() const { return op_.name; }
  std::size_t inputs() const { return op_.inputs.size(); }
  std::size_t outputs() const { return op_.outputs.size(); }
  bool has(std::size_t input) const;
  /// The name of an input; "" of one that was left out.
  std::string in(std::size_t input = 0) { return has(input) ? builder_.name_of(op_.inputs[input], op_) : ""; }
  DType dtype(std::size_t input = 0) const { return value(input).dtype; }
  DType out_dtype(std::size_t output = 0) const;
  int dim(std::size_t input = 0) const { return value(input).shape.size(); }
  Sizes sizes(std::size_t input = 0) const;
  Sizes out_sizes(std::size_t output = 0) const;
  /// The shape of an input or output. Throws where it is not fixed.
  Shape shape(std::size_t input = 0) const;
  Shape out_shape(std::size_t output = 0) const;
  /// The sizes as numbers.
  Shape fixed(const Sizes& sizes) const;
  /// The value of an input that is a constant; undefined for others.
  Tensor constant_input(std::size_t input) const { return builder_.constant(op_.inputs[input]); }

  // Attributes. Those of another type, and those that differ between both calls, are Errors.
  bool is_given(std::string_view name) const;
  bool is_word(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  Size size(std::string_view name) const;
  double number(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::string word(std::string_view name) const;
  std::vector<std::int64_t> list(std::string_view name) const;
  /// A dim of input 0, from the front.
  std::int64_t axis(std::string_view name = "dim") const { return wrapped(integer(name), dim()); }
  std::int64_t wrapped(std::int64_t axis, int dims) const { return axis < 0 ? axis + dims : axis; }

  // Nodes. Each gives the names of its outputs.
  std::string node(std::string_view type, Names inputs, NodeAttributes attributes = {}) {
    return builder_.add(op_, type, std::move(inputs), std::move(attributes), 1)[0];
  }
  Names nodes(std::string_view type, Names inputs, NodeAttributes attributes, std::size_t outputs) {
    return builder_.add(op_, type, std::move(inputs), std::move(attributes), outputs);
  }
  std::string constant(const Tensor& value) { return builder_.add_constant(value); }
  std::string ints(const std::vector<std::int64_t>& values) { return builder_.add_ints(values); }
  /// A number without dims.
  std::string scalar(double value, DType dtype) { return constant(full({}, value, {.dtype = dtype})); }
  std::string scalar(double value) { return scalar(value, dtype()); }
  /// An int64 list of sizes: a constant, or computed where they are not fixed.
  std::string size_list(const Sizes& sizes) { return builder_.add_sizes(op_, sizes); }

  // Steps that many forms share.
  std::string reshaped(const std::string& x, const Sizes& from, const Sizes& to);
  std::string transposed(const std::string& x, const std::vector<std::int64_t>& order);
  std::string unsqueezed(const std::string& x, const std::vector<std::int64_t>& axes) {
    return node("Unsqueeze", {x, ints(axes)});
  }
  std::string squeezed(const std::string& x, const std::vector<std::int64_t>& axes) {
    return node("Squeeze", {x, ints(axes)});
  }
  std::string cast(const std::string& x, DType from, DType to);
  std::string sliced(const std::string& x, std::int64_t axis, std::int64_t start, std::int64_t end,
                     std::int64_t step = 1);
  std::string concatenated(const Names& parts, std::int64_t axis) {
    return parts.size() == 1 ? parts[0] : node("Concat", parts, {{"axis", axis}});
  }

  /// Throws that this call of the op has no form: "max_pool2d in features.3: ...".
  [[noreturn]] void refuse(std::string_view why) const;
  void require(bool holds, std::string_view why) const {
    if (!holds) refuse(why);
  }

 private:
  const Graph::Value& value(std::size_t input) const;
  const op::AttributeValue& attribute(std::string_view name) const;
  const op::AttributeValue* find(const Graph::Op& op, std::string_view name) const;
  template <class T>
  const T& attribute_as(std::string_view name) const;

  Builder& builder_;
  const Graph::Op& op_;
  const Graph::Op& other_;  // the same in the second call
};

}  // namespace xtape::onnx::saving
